"""Addresses of the dashboard's pages about terms and data."""

from django.urls import path

from privacy.console import choices, documents, erasures, jobs, mine, requests, seen, terms

app_name = "privacy_console"
urlpatterns = [
    path("terms/", terms.terms, name="terms"),
    path("terms/edit/", terms.edit, name="terms_edit"),
    path("terms/publish/", terms.publish, name="terms_publish"),
    path("terms/stop/", terms.stop_asking, name="terms_stop"),
    path("versions/seen/", seen.seen, name="seen"),
    path("site-jobs/", jobs.jobs, name="jobs"),
    path("site-jobs/<str:public_id>/", jobs.job, name="job"),
    path("erasures/", erasures.erasures, name="erasures"),
    path("erasures/returns/", erasures.returns_seen, name="returns_seen"),
    path("requests/", requests.queue, name="requests"),
    path("requests/<str:public_id>/", requests.one, name="request"),
    path("users/<str:public_id>/ask/<slug:kind>/", requests.ask, name="ask"),
    path("users/<str:public_id>/back/", requests.bring_back, name="bring_back"),
    path("account/data/", mine.mine, name="mine"),
    path("account/data/ask/<slug:kind>/", mine.ask, name="mine_ask"),
    path("account/data/<str:public_id>/copy/", mine.copy, name="mine_copy"),
    path("account/data/<str:public_id>/copy/my-data.json", mine.download, name="mine_download"),
    path("account/data/<str:public_id>/cancel/", mine.cancel, name="mine_cancel"),
    path("account/choices/", choices.choose, name="choose"),
    path("account/choices/<str:public_id>/receipt.txt", choices.receipt, name="choice_receipt"),
    path("data/", documents.data, name="data"),
    path("data/record/", documents.record, name="record"),
    path("data/annex/", documents.annex, name="annex"),
]
