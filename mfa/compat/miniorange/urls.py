"""The dialect's addresses, under /moas/."""

from django.urls import path

from mfa.compat.miniorange import auth, customers, enrolment, other, risk, users

app_name = "moas"
urlpatterns = [
    # What every sign-in asks comes first
    path("api/auth/validate", auth.validate),
    path("api/auth/challenge", auth.challenge),
    path("api/auth/auth-status", auth.auth_status),
    path("rest/customer/check-if-exists", customers.check_if_exists),
    path("rest/customer/add", customers.add),
    path("rest/customer/key", customers.key),
    path("rest/customer/password-reset", customers.password_reset),
    path("rest/customer/contact-us", customers.contact_us),
    path("rest/customer/license", customers.license_),
    path("rest/customer/getapp-secret", customers.getapp_secret),
    path("rest/customer/guest-audit", customers.guest_audit),
    path("rest/security/iplookup", other.iplookup),
    path("rest/mobile/get-timestamp", other.get_timestamp),
    path("rest/rba/acs", risk.acs),
    path("rest/rba/evaluate-risk", risk.evaluate_risk),
    path("rest/rba/register-profile", risk.register_profile),
    path("api/notify/send", customers.notify_send),
    path("api/admin/users/search", users.search),
    path("api/admin/users/create", users.create),
    path("api/admin/users/get", users.get),
    path("api/admin/users/getall", users.getall),
    path("api/admin/users/update", users.update),
    path("api/admin/users/enable", users.enable),
    path("api/admin/users/disable", users.disable),
    path("api/admin/users/delete", users.delete),
    path("api/auth/register", enrolment.register),
    path("api/auth/register-mobile", enrolment.register_mobile),
    path("api/auth/registration-status", enrolment.registration_status),
    path("api/auth/google-auth-secret", enrolment.google_auth_secret),
    path("api/auth/validate-google-auth-secret", enrolment.validate_google_auth_secret),
    path("login", other.login, name="login"),
    *(path(name, other.page, {"name": name}) for name in other.PAGES),
    path("images/<path:name>", other.image, name="image"),
]
