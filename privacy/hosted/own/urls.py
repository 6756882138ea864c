"""Addresses of the person's own pages about their data, below /me/<customer>/rights/."""

from django.urls import path

from privacy.hosted.own import choices, copies, pages, proofs, vouched

app_name = "rights"
urlpatterns = [
    path("", pages.rights, name="home"),
    path("ask/<slug:kind>/", pages.ask, name="ask"),
    path("from-site/<str:token>", vouched.by_token, name="from_site"),
    path("from-program/<str:token>", vouched.by_link, name="from_program"),
    path("choices/", choices.choose, name="choose"),
    path("choices/<str:public_id>/receipt.txt", choices.receipt, name="choice_receipt"),
    path("<str:public_id>/", pages.one, name="request"),
    path("<str:public_id>/prove/", proofs.prove, name="prove"),
    path("<str:public_id>/vouch/", vouched.vouch, name="vouch"),
    path("<str:public_id>/verify/", proofs.verify, name="verify"),
    path("<str:public_id>/copy/", copies.package, name="package"),
    path("<str:public_id>/copy/my-data.json", copies.download, name="download"),
    path("<str:public_id>/cancel/", pages.cancel, name="cancel"),
]
