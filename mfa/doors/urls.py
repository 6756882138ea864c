"""Addresses of the sign-in pages."""

from django.urls import path

from mfa.doors import demo, factor, forgotten, identity, registering, sign_in

app_name = "doors"
urlpatterns = [
    path("register/", registering.register, name="register"),
    path("agree/", registering.agree, name="agree"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/passkey/", sign_in.passkey, name="passkey"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("forgotten/", forgotten.forgotten, name="forgotten"),
    path("confirm/", identity.confirm, name="confirm"),
    path("factor/", factor.factor, name="factor"),
    path("factor/later/", factor.put_off, name="put_off"),
    path("factor/<str:key>/", factor.one, name="factor_one"),
    path("factor/<str:key>/remove/", factor.remove, name="factor_remove"),
    path("demo/", demo.people, name="demo"),
    path("demo/code/<str:who>/", demo.code_now, name="demo_code"),
    path("demo/mailbox/", demo.mailbox, name="mailbox"),
]
