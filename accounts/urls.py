"""Sign-in, what people can do about their own account, and their Google accounts.

Of allauth's pages only those listed here exist: a page nobody has thought about is not open.
"""

from allauth.account import views as allauth
from django.urls import URLPattern, URLResolver, include, path, re_path

from accounts.views import connect, google, oauth, people
from accounts.views.policy import leads_to_google

google_patterns = [
    path("google", google.list_accounts, name="list"),
    path("google/connect", connect.connect, name="connect"),
    path("google/<int:credential_id>/consent", google.consent, name="consent"),
    path("google/<int:credential_id>/check", google.check, name="check"),
    path("google/<int:credential_id>/disconnect", google.disconnect, name="disconnect"),
    path("connect/<str:token>", connect.link, name="link"),
    path("connect/<str:token>/result", connect.link_result, name="link-result"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("setup/<str:token>", people.setup, name="setup"),
    path("profile", people.profile, name="profile"),
    path("theme", people.theme, name="theme"),
    path("", include((google_patterns, "google"))),
    path("accounts/google/login/", leads_to_google(oauth.google_login), name="google_login"),
    path("accounts/google/login/callback/", oauth.google_callback, name="google_callback"),
    path("accounts/login/", people.SignInView.as_view(), name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/signup/", people.sign_up_closed, name="account_signup"),
    path("accounts/password/change/", allauth.password_change, name="account_change_password"),
    path("accounts/password/set/", allauth.password_set, name="account_set_password"),
    path("accounts/password/reset/", allauth.password_reset, name="account_reset_password"),
    path(
        "accounts/password/reset/done/",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
