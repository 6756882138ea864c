"""Addresses that clients of the prompt know."""

from django.urls import path

from mfa.compat.prompt import authorize, endpoints

app_name = "prompt_clients"
urlpatterns = [
    path("health_check", endpoints.health_check, name="health_check"),
    path("authorize", authorize.authorize, name="authorize"),
    path("token", endpoints.token, name="token"),
]
