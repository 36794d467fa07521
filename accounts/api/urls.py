"""Addresses of the credentials API, below /api/v1/."""

from django.urls import path

from accounts.api import links, views

app_name = "accounts-api"

urlpatterns = [
    path("credentials", views.CredentialsView.as_view(), name="credentials"),
    path("credentials/import", views.ImportView.as_view(), name="import"),
    path("credentials/connect-links", links.LinksView.as_view(), name="links"),
    path("credentials/connect-links/<int:link_id>", links.LinkView.as_view(), name="link"),
    path("credentials/<int:credential_id>", views.CredentialView.as_view(), name="credential"),
    path("credentials/<int:credential_id>/check", views.CheckView.as_view(), name="check"),
    path("credentials/<int:credential_id>/refresh", views.RefreshView.as_view(), name="refresh"),
    path("auth/google/login", views.GoogleLoginView.as_view(), name="google-login"),
]
