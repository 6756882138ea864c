"""Addresses of the dashboard's pages about sign-ins and methods."""

from django.urls import path

from mfa.console import foreseeing, giving, helping, policies, prompt_client, recoveries, sign_ins

app_name = "mfa_console"
urlpatterns = [
    path("sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("sign-ins/csv/", sign_ins.export, name="export"),
    path("sign-ins/<str:public_id>/", sign_ins.sign_in, name="sign_in"),
    path("policies/", policies.policies, name="policies"),
    path("policies/scope/", policies.policy, name="policy"),
    path("policies/foresee/", foreseeing.foresee, name="foresee"),
    path("policies/publish/", policies.publish, name="policy_publish"),
    path("policies/discard/", policies.discard, name="policy_discard"),
    path("sites/<str:public_id>/prompt/", prompt_client.prompt, name="prompt"),
    path("sites/<str:public_id>/prompt/make/", prompt_client.make, name="prompt_make"),
    path("sites/<str:public_id>/prompt/rotate/", prompt_client.rotate, name="prompt_rotate"),
    path("sites/<str:public_id>/prompt/end/", prompt_client.end_earlier, name="prompt_end"),
    path("sites/<str:public_id>/prompt/<str:name>/remove/", prompt_client.remove, name="prompt_remove"),
    path("recoveries/", recoveries.recoveries, name="recoveries"),
    path("recoveries/<str:public_id>/", recoveries.recovery, name="recovery"),
    path("users/<str:public_id>/let-in/", helping.let_in, name="let_in"),
    path("users/<str:public_id>/code/", giving.bypass, name="bypass"),
    path("users/<str:public_id>/link/", giving.link, name="link"),
    path("users/<str:public_id>/methods/<str:method_id>/reset/", helping.reset, name="reset"),
]
