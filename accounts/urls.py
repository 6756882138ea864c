"""Public addresses that belong to no dashboard: front page, documents, links in messages, health, language."""

from django.urls import include, path

from accounts import health, legal, links_pages, views

urlpatterns = [
    path("", views.front, name="front"),
    path("about/", views.about, name="about"),
    path("terms/", views.document, {"name": legal.TERMS}, name="terms"),
    path("data-processing/", views.document, {"name": legal.PROCESSING}, name="data_processing"),
    path("l/", links_pages.show, name="link_page"),
    path("l/<str:token>", links_pages.arrive, name="link"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("i18n/", include("django.conf.urls.i18n")),
]
