"""The dialect's addresses, under /moas/."""

from django.urls import URLPattern, URLResolver

app_name = "moas"
urlpatterns: list[URLPattern | URLResolver] = []
