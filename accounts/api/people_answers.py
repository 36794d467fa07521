"""What the API tells of people, their sign-ins and their API keys. Never a secret but once."""

from typing import Annotated, TypedDict

from accounts.models import ApiKey, ApiSession, Role, User
from accounts.roles import Power
from accounts.services.api_sessions import Tokens
from core.shapes import Moment, PageShape, moment, moment_or_none


class PersonAnswer(TypedDict):
    """Somebody's account."""

    id: int
    username: str
    email: str
    full_name: str
    role: Role
    is_active: Annotated[bool, "Whether they may sign in."]
    language: Annotated[str, "`pt-br` or `en`; empty: the browser's."]
    created_at: Moment
    last_login: Moment | None


class PersonList(PageShape):
    results: list[PersonAnswer]


class ProfileAnswer(PersonAnswer):
    """One's own account."""

    second_factor: Annotated[bool, "A code is asked for at sign-in."]
    powers: Annotated[list[Power], "What staff may do; none for teachers."]


class OnePersonAnswer(PersonAnswer):
    """Somebody's account, and how it stands with their sign-in."""

    second_factor: Annotated[bool, "A code is asked for at sign-in."]
    locked_until: Annotated[Moment | None, "After too many wrong passwords."]


class TokenAnswer(TypedDict):
    """A sign-in, as OAuth2 (RFC 6749) tells it."""

    access_token: Annotated[str, "Sent as `Authorization: Bearer …`."]
    refresh_token: Annotated[str, "Good once: for the next pair."]
    token_type: Annotated[str, "Always `Bearer`."]
    expires_in: Annotated[int, "Seconds the access token is good for."]


class LoginAnswer(TokenAnswer):
    """A sign-in, and who it is."""

    user: PersonAnswer


class SessionAnswer(TypedDict):
    """One sign-in of a program."""

    id: int
    is_current: Annotated[bool, "The one that asks."]
    address: str | None
    agent: Annotated[str, "What the program called itself."]
    created_at: Moment
    last_used_at: Annotated[Moment, "To the minute."]
    expires_at: Annotated[Moment, "Unless it is renewed."]


class SessionList(PageShape):
    results: list[SessionAnswer]


class ApiKeyAnswer(TypedDict):
    """An API key, without the key."""

    id: int
    name: str
    prefix: Annotated[str, "How the key begins."]
    scopes: Annotated[list[str], "What it may do."]
    tenant_ids: Annotated[list[str], "It sees what belongs to these alone; none: everything."]
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Annotated[Moment | None, "To the minute."]
    revoked_at: Moment | None


class NewApiKeyAnswer(ApiKeyAnswer):
    """A new API key."""

    key: Annotated[str, "The key itself. It is never told again."]


class ApiKeyList(PageShape):
    results: list[ApiKeyAnswer]


def person_answer(user: User) -> PersonAnswer:
    return PersonAnswer(
        id=user.pk,
        username=user.username,
        email=user.email,
        full_name=user.full_name,
        role=Role(user.role),
        is_active=user.is_active,
        language=user.language,
        created_at=moment(user.date_joined),
        last_login=moment_or_none(user.last_login),
    )


def token_answer(tokens: Tokens) -> TokenAnswer:
    return TokenAnswer(
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        token_type="Bearer",  # noqa: S106 - the name of a kind
        expires_in=tokens.expires_in,
    )


def session_answer(session: ApiSession, current: object) -> SessionAnswer:
    return SessionAnswer(
        id=session.pk,
        is_current=session == current,
        address=session.address,
        agent=session.agent,
        created_at=moment(session.created_at),
        last_used_at=moment(session.last_used_at),
        expires_at=moment(session.expires_at),
    )


def api_key_answer(key: ApiKey) -> ApiKeyAnswer:
    return ApiKeyAnswer(
        id=key.pk,
        name=key.name,
        prefix=key.prefix,
        scopes=list(key.scopes),
        tenant_ids=list(key.tenant_ids),
        created_at=moment(key.created_at),
        expires_at=moment_or_none(key.expires_at),
        last_used_at=moment_or_none(key.last_used_at),
        revoked_at=moment_or_none(key.revoked_at),
    )
