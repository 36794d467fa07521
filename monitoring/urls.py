"""Addresses of monitoring, at the root."""

from django.urls import path

from monitoring import views

app_name = "monitoring"

urlpatterns = [path("health/live", views.LiveView.as_view(), name="live")]
