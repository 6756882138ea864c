"""Addresses of the person's own pages about their data, below /me/<customer>/rights/."""

from django.urls import path

from privacy.hosted.own import choices, copies, pages, proofs

app_name = "rights"
urlpatterns = [
    path("", pages.rights, name="home"),
    path("ask/<slug:kind>/", pages.ask, name="ask"),
    path("choices/", choices.choose, name="choose"),
    path("choices/<str:public_id>/receipt.txt", choices.receipt, name="choice_receipt"),
    path("<str:public_id>/", pages.one, name="request"),
    path("<str:public_id>/prove/", proofs.prove, name="prove"),
    path("<str:public_id>/verify/", proofs.verify, name="verify"),
    path("<str:public_id>/copy/", copies.package, name="package"),
    path("<str:public_id>/copy/my-data.json", copies.download, name="download"),
    path("<str:public_id>/cancel/", pages.cancel, name="cancel"),
]
