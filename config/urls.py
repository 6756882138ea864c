"""Mounts each app's faces."""

from django.contrib import admin
from django.urls import include, path

from privacy.api.rights_links import RightsLinks
from privacy.hosted import notice

urlpatterns = [
    path("moas/", include("mfa.compat.miniorange.urls")),  # first, since every sign-in of every site asks there
    path("", include("accounts.urls")),
    path("", include("mfa.doors.urls")),
    path("", include("privacy.urls")),
    path("privacy/", notice.notice, name="privacy"),
    path("privacy/changes/", notice.changes, name="privacy_changes"),
    path("privacy/<str:label>/", notice.notice, name="privacy_version"),
    path("dashboard/", include("accounts.console.urls")),
    path("dashboard/", include("mfa.console.urls")),
    path("dashboard/", include("rba.console.urls")),
    path("dashboard/", include("privacy.console.urls")),
    path("me/<slug:slug>/rights/", include("privacy.hosted.own.urls")),
    path("me/<slug:slug>/", include("mfa.hosted.me.urls")),
    path("api/v1/site-jobs/", include("privacy.api.urls")),
    path("api/v1/", include("mfa.api.urls")),
    path("api/v1/users/<public:user_id>/rights-links", RightsLinks.as_view(), name="rights_links"),
    path("p/", include("mfa.hosted.prompt_urls")),
    path("oauth/v1/", include("mfa.compat.prompt.urls")),
    path("staff/", admin.site.urls),
]

handler400 = "accounts.views.bad_request"
handler403 = "accounts.views.forbidden"
handler404 = "accounts.views.not_found"
handler500 = "accounts.views.server_error"
