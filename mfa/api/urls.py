"""Addresses of the native API, under /api/v1/."""

from django.urls import path

from mfa.api import (
    authenticators,
    converters,
    events,
    groups,
    helping,
    messages,
    policies,
    reference,
    registration,
    risk,
    transactions,
    users,
)

converters.register()

app_name = "api"
urlpatterns = [
    path("docs/", reference.reference, name="docs"),
    path("docs/<slug:part>/", reference.part, name="docs_part"),
    path("openapi.yaml", reference.schema, name="schema"),
    path("documents", registration.DocumentsView.as_view(), name="documents"),
    path("customers", registration.CustomersView.as_view(), name="customers"),
    path("transactions", transactions.Transactions.as_view(), name="transactions"),
    path("transactions/<public:transaction_id>", transactions.OneTransaction.as_view(), name="transaction"),
    path("transactions/<public:transaction_id>/verify", transactions.Verify.as_view(), name="verify"),
    path("transactions/<public:transaction_id>/cancel", transactions.Cancel.as_view(), name="cancel"),
    path("transactions/<public:transaction_id>/answer", transactions.AnswerLink.as_view(), name="answer"),
    path("users", users.Users.as_view(), name="users"),
    path("users/<public:user_id>", users.OneUser.as_view(), name="user"),
    path("users/<public:user_id>/disable", users.Disable.as_view(), name="user_disable"),
    path("users/<public:user_id>/enable", users.Enable.as_view(), name="user_enable"),
    path("users/<public:user_id>/bypass-codes", helping.BypassCodes.as_view(), name="bypass_codes"),
    path("users/<public:user_id>/enrolment-links", helping.EnrolmentLinks.as_view(), name="enrolment_links"),
    path("users/<public:user_id>/authenticators", authenticators.Authenticators.as_view(), name="authenticators"),
    path(
        "users/<public:user_id>/authenticators/<public:authenticator_id>",
        authenticators.OneAuthenticator.as_view(),
        name="authenticator",
    ),
    path(
        "users/<public:user_id>/authenticators/<public:authenticator_id>/suspend",
        authenticators.Suspend.as_view(),
        name="authenticator_suspend",
    ),
    path(
        "users/<public:user_id>/authenticators/<public:authenticator_id>/resume",
        authenticators.Resume.as_view(),
        name="authenticator_resume",
    ),
    path("groups", groups.Groups.as_view(), name="groups"),
    path("groups/<public:group_id>", groups.OneGroup.as_view(), name="group"),
    path("groups/<public:group_id>/members", groups.Members.as_view(), name="group_members"),
    path("groups/<public:group_id>/members/<public:user_id>", groups.OneMember.as_view(), name="group_member"),
    path("policies", policies.Policies.as_view(), name="policies"),
    path("policies/effective", policies.EffectivePolicy.as_view(), name="policy_effective"),
    path("risk/assessments", risk.Assessments.as_view(), name="assessments"),
    path("risk/assessments/<public:assessment_id>", risk.OneAssessment.as_view(), name="assessment"),
    path("risk/assessments/<public:assessment_id>/feedback", risk.Feedback.as_view(), name="feedback"),
    path("events", events.Events.as_view(), name="events"),
    path("messages", messages.Messages.as_view(), name="messages"),
    path("messages/<public:message_id>", messages.OneMessage.as_view(), name="message"),
]
