"""The dashboard's addresses."""

from django.urls import include, path

from accounts.console import (
    audit_log,
    closing,
    connect,
    keys,
    limits,
    messages,
    settings,
    sites,
    start,
    support,
    team,
    user,
    users,
)

app_name = "console"
urlpatterns = [
    path("", start.start, name="start"),
    path("switch/", start.switch, name="switch"),
    path("test/", start.send_test, name="send_test"),
    path("confirm/", start.confirm_again, name="confirm_again"),
    path("account/", include("accounts.console.account_urls")),
    # People
    path("users/", users.users, name="users"),
    path("users/add/", users.add, name="user_add"),
    path("users/allow/", user.allow_name, name="user_allow"),
    path("users/<str:public_id>/", user.user, name="user"),
    path("users/<str:public_id>/edit/", user.edit, name="user_edit"),
    path("users/<str:public_id>/disable/", user.disable, name="user_disable"),
    path("users/<str:public_id>/enable/", user.enable, name="user_enable"),
    path("users/<str:public_id>/delete/", user.delete, name="user_delete"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<str:public_id>/again/", messages.again, name="message_again"),
    # Sites
    path("sites/", sites.sites, name="sites"),
    path("sites/add/", sites.add, name="site_add"),
    path("sites/kumquat-connect.php", connect.connector, name="connector"),
    path("sites/<str:public_id>/", connect.connect, name="connect"),
    path("sites/<str:public_id>/live/", connect.live, name="connect_live"),
    path("sites/<str:public_id>/edit/", sites.edit, name="site_edit"),
    path("sites/<str:public_id>/archive/", sites.archive, name="site_archive"),
    path("sites/<str:public_id>/keys/", keys.keys, name="keys"),
    path("sites/<str:public_id>/keys/replace/", keys.rotate, name="key_rotate"),
    path("sites/<str:public_id>/keys/<str:ending>/revoke/", keys.revoke, name="key_revoke"),
    path("sites/<str:public_id>/plugin-password/", keys.plugin_password, name="plugin_password"),
    path("limits/", limits.limits, name="limits"),
    path("limits/countries/", limits.countries, name="countries"),
    # The account
    path("team/", team.members, name="team"),
    path("team/invite/", team.invite, name="team_invite"),
    path("team/leave/", team.leave, name="team_leave"),
    path("team/invited/<str:public_id>/withdraw/", team.withdraw, name="team_withdraw"),
    path("team/<str:public_id>/role/", team.role, name="team_role"),
    path("team/<str:public_id>/remove/", team.remove, name="team_remove"),
    path("audit/", audit_log.records, name="audit"),
    path("audit/csv/", audit_log.export, name="audit_export"),
    path("audit/<uuid:record_id>/", audit_log.record, name="audit_record"),
    path("settings/", settings.settings, name="settings"),
    path("settings/close/", closing.close, name="close"),
    path("settings/close/keep/", closing.keep, name="close_keep"),
    path("settings/close/keys/", closing.stop_keys, name="close_stop_keys"),
    # Support
    path("support/", support.tickets, name="support"),
    path("support/ask/", support.ask, name="ticket_open"),
    path("support/<str:public_id>/", support.ticket, name="ticket"),
    path("support/<str:public_id>/close/", support.close, name="ticket_close"),
]
