"""What may be asked of people's accounts, sign-ins and API keys."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Role, User
from accounts.passwords import MAXIMUM
from accounts.scopes import SCOPES
from core.api import PageQuery
from core.fields import Flag, Input, Moment, Text, Words

_GRANTS = ["password", "refresh_token"]
_NAMES = ("login", "username", "email")
_ONE_NAME = _("Say who signs in: `login`, `username` or `email`, one of them.")
_REQUIRED = _("This field is required.")
_LANGUAGES = [("", ""), *User._meta.get_field("language").flatchoices]  # noqa: SLF001


class Secret(Text):
    """A password or a token: taken as it is, and never told again."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", MAXIMUM)
        super().__init__(trim_whitespace=False, write_only=True, **options)


def _name(told: str) -> Text:
    return Text(max_length=254, required=False, help_text=told)


class Named(Input):
    """Who signs in, under any of the names a program may know."""

    login = _name("Username or e-mail.")
    username = _name("The same.")
    email = _name("The same.")

    @staticmethod
    def only_name(attrs: dict[str, Any]) -> str:
        """Taken out of the input, whichever it was."""
        given = [attrs.pop(name) for name in _NAMES if name in attrs]
        if len(given) != 1:
            raise serializers.ValidationError(_ONE_NAME, code="required")
        return str(given[0])


class LoginInput(Named):
    """A name, a password, and a code where one is asked for."""

    password = Secret()
    otp = Secret(
        max_length=20, required=False, help_text="The code of the app, or a recovery code."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["login"] = self.only_name(attrs)
        return attrs


class TokenInput(Named):
    """What OAuth2 asks with; `scope` and the client are taken and not looked at."""

    grant_type = serializers.ChoiceField(_GRANTS, default="password")
    password = Secret(required=False)
    otp = Secret(max_length=20, required=False)
    refresh_token = Secret(max_length=2048, required=False)
    scope = Text(max_length=500, required=False, allow_blank=True)
    client_id = Text(max_length=255, required=False, allow_blank=True)
    client_secret = Secret(max_length=255, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Of either way of asking, what that way needs."""
        needed = "password" if attrs["grant_type"] == "password" else "refresh_token"
        if needed not in attrs:
            raise serializers.ValidationError({needed: [_REQUIRED]}, code="required")
        if needed == "password":
            attrs["login"] = self.only_name(attrs)
        return attrs


class RefreshInput(Input):
    refresh_token = Secret(max_length=2048)
    grant_type = serializers.ChoiceField(["refresh_token"], required=False)
    client_id = Text(max_length=255, required=False, allow_blank=True)
    client_secret = Secret(max_length=255, required=False, allow_blank=True)


class LogoutInput(Input):
    refresh_token = Secret(
        max_length=2048, required=False, help_text="Instead of the access token of the request."
    )


class NewPersonInput(Input):
    """Somebody who wants an account."""

    email = Text(max_length=254)
    password = Secret()
    full_name = Text(max_length=100, required=False, allow_blank=True)


class RegisterInput(NewPersonInput):
    """The same, who may choose a name."""

    username = Text(
        max_length=50, required=False, help_text="Without it, what stands before the @."
    )


class PersonInput(RegisterInput):
    """An account that staff make."""

    username = Text(max_length=50)
    role = serializers.ChoiceField(Role.choices, required=False)


class PersonPatch(Input):
    """Some facts of an account."""

    username = Text(max_length=50, required=False)
    email = Text(max_length=254, required=False)
    full_name = Text(max_length=100, required=False, allow_blank=True)
    role = serializers.ChoiceField(Role.choices, required=False)
    language = serializers.ChoiceField(_LANGUAGES, required=False)
    is_active = Flag(required=False)


class PersonChange(Input):
    """All facts of an account that staff may change."""

    username = Text(max_length=50)
    email = Text(max_length=254)
    full_name = Text(max_length=100, allow_blank=True)
    role = serializers.ChoiceField(Role.choices)
    language = serializers.ChoiceField(_LANGUAGES)
    is_active = Flag()


class PersonQuery(PageQuery):
    search = Words(help_text="In names and e-mails.")
    role = serializers.ChoiceField(Role.choices, required=False)
    is_active = Flag(required=False)


class ProfilePatch(Input):
    full_name = Text(max_length=100, required=False, allow_blank=True)
    language = serializers.ChoiceField(_LANGUAGES, required=False)


class ProfileInput(Input):
    full_name = Text(max_length=100, allow_blank=True)
    language = serializers.ChoiceField(_LANGUAGES)


class PasswordInput(Input):
    current_password = Secret()
    new_password = Secret()


class ApiKeyInput(Input):
    """What a key may do, for whom, and until when."""

    name = Text(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(list(SCOPES)), min_length=1, max_length=len(SCOPES)
    )
    tenant_ids = serializers.ListField(
        child=Text(max_length=255, min_length=1),
        required=False,
        max_length=100,
        help_text="The schools or customers it is bound to; none: to any.",
    )
    expires_at = Moment(required=False, allow_null=True, help_text="Without it: never.")


class ApiKeyQuery(PageQuery):
    pass


class SessionQuery(PageQuery):
    pass
