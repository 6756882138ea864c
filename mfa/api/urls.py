"""Addresses of the native API, under /api/v1/."""

from django.urls import path

from mfa.api import views

app_name = "api"
urlpatterns = [
    path("documents", views.DocumentsView.as_view(), name="documents"),
    path("customers", views.CustomersView.as_view(), name="customers"),
]
