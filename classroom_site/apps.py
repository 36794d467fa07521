"""The admin site of this project."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "classroom_site.admin_site.AdminSite"
