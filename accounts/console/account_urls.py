"""Addresses of a person's own account, under dashboard/account/."""

from django.urls import path

from accounts.console import account

urlpatterns = [
    path("", account.account, name="account"),
    path("password/", account.password, name="account_password"),
    path("email/", account.email, name="account_email"),
    path("sessions/end/", account.end_sessions, name="account_sessions_end"),
    path("sessions/<str:public_id>/end/", account.end_session, name="account_session_end"),
]
