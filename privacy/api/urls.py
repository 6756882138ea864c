"""Addresses of the calls by which sites take and answer jobs, under api/v1/site-jobs/."""

from django.urls import path

from privacy.api import site_jobs

app_name = "site_jobs"
urlpatterns = [
    path("", site_jobs.fetch, name="fetch"),
    path("<str:public_id>/answer", site_jobs.answer, name="answer"),
]
