"""Addresses of the credentials API and of people's, below /api/v1/."""

from django.urls import path

from accounts.api import audit, keys, links, own, people, privacy, security, sign_in, views

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
    path("users", sign_in.UsersView.as_view(), name="users"),
    path("auth/register", sign_in.RegisterView.as_view(), name="register"),
    path("auth/login", sign_in.LoginView.as_view(), name="login"),
    path("auth/token", sign_in.TokenView.as_view(), name="token"),
    path("auth/refresh", sign_in.RefreshView.as_view(), name="refresh-token"),
    path("auth/logout", sign_in.LogoutView.as_view(), name="logout"),
    path("security/token", sign_in.SecurityTokenView.as_view(), name="security-token"),
    path("security/refresh", sign_in.SecurityRefreshView.as_view(), name="security-refresh"),
    path("auth/profile", own.ProfileView.as_view(), name="profile"),
    path("auth/change-password", own.ChangePasswordView.as_view(), name="change-password"),
    path("auth/sessions", own.SessionsView.as_view(), name="sessions"),
    path("auth/sessions/<int:session_id>", own.SessionView.as_view(), name="session"),
    path("auth/api-keys", keys.ApiKeysView.as_view(), name="api-keys"),
    path("auth/api-keys/<int:key_id>", keys.ApiKeyView.as_view(), name="api-key"),
    path("auth/users", people.PeopleView.as_view(), name="people"),
    path("auth/users/<int:user_id>", people.PersonView.as_view(), name="person"),
    path("auth/users/<int:user_id>/unlock", people.UnlockView.as_view(), name="unlock"),
    path("auth/profile/export", privacy.OwnExportView.as_view(), name="own-export"),
    path("auth/users/<int:user_id>/export", privacy.ExportView.as_view(), name="export"),
    path("auth/users/<int:user_id>/hand-over", privacy.HandOverView.as_view(), name="hand-over"),
    path("erasures", privacy.ErasuresView.as_view(), name="erasures"),
    path("erasures/<int:erasure_id>", privacy.ErasureView.as_view(), name="erasure"),
    path("audit", audit.AuditView.as_view(), name="audit"),
    path("audit/export", audit.AuditExportView.as_view(), name="audit-export"),
    path("security/rate-limit/<str:scope>", security.RateView.as_view(), name="rate-limit"),
    path("security/events", security.EventsView.as_view(), name="security-events"),
    path("security/stats", security.StatsView.as_view(), name="security-stats"),
    path("security/report", security.ReportView.as_view(), name="security-report"),
    path("security/blocks", security.BlocksView.as_view(), name="blocks"),
    path("security/blocks/<int:block_id>", security.BlockView.as_view(), name="block"),
]
