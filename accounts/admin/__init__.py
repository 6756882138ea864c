"""The staff's pages about customers, people, messages, support and the audit trail."""

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group

from accounts.admin import customers, outbox, people, sessions, sites, tickets, trail

# What staff may do is said by the classes here and by nothing else, so the groups that auth_admin brought go again
admin.site.unregister(Group)

__all__ = ("auth_admin", "customers", "outbox", "people", "sessions", "sites", "tickets", "trail")
