"""What may be asked of Google accounts: bodies and query parameters."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.google.scopes import Bundle
from accounts.models import CredentialStatus
from core.api import PageQuery
from core.fields import Input, Text

_BUNDLES = [bundle.value for bundle in Bundle]


@extend_schema_field({"type": "string", "maxLength": 255, "not": {"pattern": r"\x00"}})
class Tenant(serializers.CharField):
    """A tenant to look for."""


class CredentialQuery(PageQuery):
    tenant_id = Tenant(required=False, max_length=255, help_text="Of this school or customer.")
    status = serializers.ChoiceField(CredentialStatus.choices, required=False)


class ConnectLinkInput(Input):
    """For whom to connect, and what to ask Google for."""

    tenant_id = Text(
        max_length=255,
        required=False,
        allow_blank=True,
        help_text="The school or customer the account will belong to.",
    )
    bundles = serializers.ListField(
        child=serializers.ChoiceField(_BUNDLES),
        required=False,
        min_length=1,
        max_length=len(_BUNDLES),
        help_text="What to ask Google for: `classroom` if nothing is said.",
    )
    login_hint = Text(
        max_length=320,
        required=False,
        allow_blank=True,
        help_text="The e-mail of the account Google shall offer first.",
    )
    return_url = Text(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="Where people are led afterwards; its origin must be on the site's list.",
    )


class ImportInput(Input):
    """A refresh token which the site's own Google client was given."""

    tenant_id = Text(max_length=255, required=False, allow_blank=True)
    refresh_token = Text(
        max_length=2048, write_only=True, help_text="Kept encrypted, and never told again."
    )


class LinkQuery(PageQuery):
    pass
