"""Sign-in, what people can do about their own account, and their Google accounts.

Of allauth's pages only those listed here exist: a page nobody has thought about is not open.
"""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import URLPattern, URLResolver, include, path, re_path

from accounts.views import (
    connect,
    doors,
    google,
    keys,
    oauth,
    people,
    privacy,
    second_factor,
    sessions,
    viewing,
)
from accounts.views.doors import door
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
    path("profile/keys", keys.keys, name="api-keys"),
    path("profile/keys/<int:key_id>/revoke", keys.revoke, name="api-key-revoke"),
    path("profile/export", privacy.export, name="profile-export"),
    path("profile/erase", privacy.erase, name="profile-erase"),
    path("view-as/stop", viewing.stop, name="view-as-stop"),
    path("theme", people.theme, name="theme"),
    path("", include((google_patterns, "google"))),
    path("accounts/google/login/", leads_to_google(oauth.google_login), name="google_login"),
    path("accounts/google/login/callback/", oauth.google_callback, name="google_callback"),
    path("accounts/login/", doors.sign_in, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/signup/", doors.sign_up, name="account_signup"),
    path("accounts/mail-sent/", doors.mail_sent, name="account_email_verification_sent"),
    path("accounts/email/", doors.email, name="account_email"),
    re_path(
        r"^accounts/confirm-email/(?P<key>[-:\w]+)/$",
        door(allauth.confirm_email),
        name="account_confirm_email",
    ),
    path("accounts/reauthenticate/", door(allauth.reauthenticate), name="account_reauthenticate"),
    path(
        "accounts/password/change/",
        door(allauth.password_change),
        name="account_change_password",
    ),
    path("accounts/password/set/", door(allauth.password_set), name="account_set_password"),
    path("accounts/password/reset/", doors.reset, name="account_reset_password"),
    path(
        "accounts/password/reset/done/",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        door(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/2fa/", door(mfa.index), name="mfa_index"),
    path("accounts/2fa/code/", door(mfa.authenticate), name="mfa_authenticate"),
    path("accounts/2fa/code-again/", door(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("accounts/2fa/app/on/", second_factor.activate, name="mfa_activate_totp"),
    path("accounts/2fa/app/off/", second_factor.deactivate, name="mfa_deactivate_totp"),
    path(
        "accounts/2fa/recovery-codes/",
        door(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/new/",
        second_factor.new_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        door(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("profile/sessions", sessions.list_sessions, name="sessions"),
    path("profile/sessions/end-others", sessions.end_others, name="sessions-end-others"),
    path(
        "profile/sessions/browsers/<int:session_id>/end",
        sessions.end_browser,
        name="session-end-browser",
    ),
    path(
        "profile/sessions/programs/<int:session_id>/end",
        sessions.end_program,
        name="session-end-program",
    ),
]
