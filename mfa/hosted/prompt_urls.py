"""Addresses of the prompt, each about one visit."""

from django.urls import path

from mfa.hosted import prompt

app_name = "prompt"
urlpatterns = [
    path("<str:public_id>/", prompt.show, name="show"),
    path("<str:public_id>/way/", prompt.way, name="way"),
    path("<str:public_id>/again/", prompt.again, name="again"),
    path("<str:public_id>/poll/", prompt.poll, name="poll"),
    path("<str:public_id>/enrol/", prompt.enrol, name="enrol"),
    path("<str:public_id>/skip/", prompt.skip, name="skip"),
    path("<str:public_id>/cancel/", prompt.cancel, name="cancel"),
]
