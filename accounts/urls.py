"""Public addresses that belong to no dashboard: front page, links in messages, health, language."""

from django.urls import include, path

from accounts import views

urlpatterns = [
    path("", views.front, name="front"),
    path("i18n/", include("django.conf.urls.i18n")),
]
