"""What the API tells of Google accounts. Never a secret."""

from typing import Annotated, TypedDict

from accounts.google.scopes import Bundle, Capability
from accounts.links import LinkStatus, status_of
from accounts.models import ConnectLink, Credential, CredentialStatus
from core.shapes import Moment, PageShape, moment, moment_or_none


class CredentialAnswer(TypedDict):
    """A connected Google account."""

    id: int
    tenant_id: Annotated[str, "The school or customer it belongs to, as its owner named it."]
    email: str
    name: str
    hosted_domain: Annotated[str | None, "The school's own domain at Google, if it has one."]
    status: CredentialStatus
    is_active: Annotated[bool, "It is used; otherwise everything that needs it waits."]
    scopes: Annotated[list[str], "What Google granted, in Google's words."]
    capabilities: Annotated[list[Capability], "What that allows."]
    missing: Annotated[list[Capability], "What it does not allow."]
    expires_at: Annotated[Moment | None, "Of the access token; it is renewed when needed."]
    last_refreshed_at: Moment | None
    last_used_at: Moment | None
    connected_at: Moment


class CredentialList(PageShape):
    results: list[CredentialAnswer]


class ConnectLinkAnswer(TypedDict):
    """A one-time address for connecting an account, and what became of it."""

    id: int
    status: LinkStatus
    url: Annotated[str | None, "To be opened in a browser. Only told when it is made."]
    tenant_id: str
    bundles: Annotated[list[Bundle], "What Google is asked to permit."]
    login_hint: str | None
    return_url: str | None
    credential_id: Annotated[int | None, "Once it is connected."]
    problem: Annotated[str | None, "Why it failed."]
    created_at: Moment
    expires_at: Moment


class ConnectLinkList(PageShape):
    results: list[ConnectLinkAnswer]


class AuthorizationAnswer(TypedDict):
    """Where to go to sign in."""

    authorization_url: Annotated[str, "At Google; for the browser that asked."]


def credential_answer(credential: Credential) -> CredentialAnswer:
    return CredentialAnswer(
        id=credential.pk,
        tenant_id=credential.tenant_id,
        email=credential.email,
        name=credential.name,
        hosted_domain=credential.hosted_domain or None,
        status=CredentialStatus(credential.status),
        is_active=credential.is_active,
        scopes=list(credential.granted_scopes),
        capabilities=credential.capabilities,
        missing=credential.missing,
        expires_at=moment_or_none(credential.expires_at),
        last_refreshed_at=moment_or_none(credential.last_refreshed_at),
        last_used_at=moment_or_none(credential.last_used_at),
        connected_at=moment(credential.connected_at),
    )


def connect_link_answer(link: ConnectLink, *, url: str | None = None) -> ConnectLinkAnswer:
    """`url` is known to whoever makes the link, and to nobody afterwards."""
    return ConnectLinkAnswer(
        id=link.pk,
        status=status_of(link),
        url=url,
        tenant_id=link.tenant_id,
        bundles=[Bundle(bundle) for bundle in link.bundles],
        login_hint=link.login_hint or None,
        return_url=link.return_url or None,
        credential_id=link.credential_id,
        problem=link.problem or None,
        created_at=moment(link.created_at),
        expires_at=moment(link.expires_at),
    )
