"""Addresses of the person's own pages, below /me/<customer>/."""

from django.urls import path

from mfa.hosted.me import door, home, letting_in, lost, phrase, risk, ways

app_name = "me"
urlpatterns = [
    path("", home.home, name="home"),
    path("in/", door.enter, name="enter"),
    path("more/", letting_in.more, name="more"),
    path("again/", door.again, name="again"),
    path("out/", door.leave, name="leave"),
    path("lost/", lost.ask, name="lost"),
    path("lost/cancel/", lost.cancel, name="lost_cancel"),
    path("language/", home.language, name="language"),
    path("sign-ins/", home.sign_ins, name="sign_ins"),
    path("sign-ins/<str:public_id>/not-me/", home.not_me, name="not_me"),
    path("sign-ins/<str:public_id>/was-me/", home.was_me, name="was_me"),
    path("risk/", risk.risk, name="risk"),
    path("risk/erase/", risk.erase, name="risk_erase"),
    path("risk/keep/", risk.keep, name="risk_keep"),
    path("phrase/", phrase.phrase, name="phrase"),
    path("browsers/forget/", home.forget_devices, name="devices_forget"),
    path("browsers/<str:public_id>/forget/", home.forget_device, name="device_forget"),
    path("sessions/end/", home.end_everywhere, name="sessions_end"),
    path("sessions/<str:public_id>/end/", home.end_session, name="session_end"),
    path("add/", ways.add, name="add"),
    path("phone/", ways.phone, name="phone"),
    path("ways/<str:key>/", ways.way, name="way"),
    path("ways/<str:key>/suspend/", ways.suspend, name="suspend"),
    path("ways/<str:key>/resume/", ways.resume, name="resume"),
    path("ways/<str:key>/remove/", ways.remove, name="remove"),
]
