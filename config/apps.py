"""Makes Django's admin the staff's pages, behind a second factor."""

from django.contrib.admin.apps import AdminConfig


class StaffConfig(AdminConfig):
    default_site = "mfa.doors.staff.StaffSite"
