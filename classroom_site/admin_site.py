"""The back office."""

from django.contrib import admin


class AdminSite(admin.AdminSite):
    site_header = "Classroom Downloader"
