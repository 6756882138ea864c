"""Addresses of the dashboard's pages about risk."""

from django.urls import path

from rba.console import decisions, features, policies

app_name = "rba_console"
urlpatterns = [
    path("risk/", decisions.overview, name="overview"),
    path("risk/decisions/", decisions.decisions, name="decisions"),
    path("risk/decisions/<uuid:decision_id>/", decisions.decision, name="decision"),
    path("risk/data/", features.features, name="features"),
    path("risk/data/switch/", features.switch, name="features_switch"),
    path("risk/rehearsal/", decisions.rehearsal, name="rehearsal"),
    path("risk/policies/", policies.policies, name="policies"),
    path("risk/policies/scope/", policies.policy, name="policy"),
    path("risk/policies/publish/", policies.publish, name="policy_publish"),
    path("risk/policies/discard/", policies.discard, name="policy_discard"),
    path("risk/policies/versions/<int:version>/", policies.go_back, name="policy_back"),
]
