"""Addresses of the dashboard's pages about terms and data."""

from django.urls import path

from privacy.console import documents, seen, terms

app_name = "privacy_console"
urlpatterns = [
    path("terms/", terms.terms, name="terms"),
    path("terms/edit/", terms.edit, name="terms_edit"),
    path("terms/publish/", terms.publish, name="terms_publish"),
    path("terms/stop/", terms.stop_asking, name="terms_stop"),
    path("versions/seen/", seen.seen, name="seen"),
    path("data/", documents.data, name="data"),
    path("data/record/", documents.record, name="record"),
    path("data/annex/", documents.annex, name="annex"),
]
