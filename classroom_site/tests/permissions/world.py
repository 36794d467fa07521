"""Ana with all that is hers, and everybody else at the door: made once for a whole table.

What a row does is undone. So whoever comes is made before, and a second time comes as they were.
"""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler

from accounts.models import User
from accounts.roles import Power
from accounts.scopes import SCOPES
from classroom_site.tests.permissions import stage
from classroom_site.tests.permissions.rules import Actor, Row
from conftest import PASSWORD

_handler = ClientHandler(enforce_csrf_checks=False)  # loads the middleware once for all


class World:
    def __init__(self, rows: Iterable[Row]) -> None:
        self.ana, self.bruno = _teacher("ana"), _teacher("bruno")
        self.root = stage.make_root()
        self.things = stage.Things(self.ana)
        self._staff = cache(_staff)
        self._session = cache(_session_key)
        self._key = cache(stage.key_of)
        self._token = cache(stage.token_of)
        for row in rows:
            for actor in row.codes:
                self.clients_of(actor, row)

    def clients_of(self, actor: Actor, row: Row) -> list[Client]:
        """The actor's browser or program; of who is gone, all there was."""
        match actor:
            case Actor.NOBODY:
                return [_client()]
            case Actor.ANA:
                return [self._by_session(self.ana)]
            case Actor.TOKEN:
                return [_client(bearer=self._token(self.ana))]
            case Actor.BRUNO:
                return [self._by_session(self.bruno)]
            case Actor.CLERK:
                return [self._by_session(self._staff(*(one for one in Power if one != row.power)))]
            case Actor.STAFF:
                return [self._by_session(self._staff(*filter(None, [row.power])))]
            case Actor.ROOT:
                return [self._by_session(self.root)]
            case Actor.GONE:
                return self._gone(row)
        return [_client(bearer=self._key_for(actor, row))]

    def _by_session(self, user: User) -> Client:
        return _client(session=self._session(user))

    def _gone(self, row: Row) -> list[Client]:
        """What Ana had before her account is closed; at a page, where no bearer counts, only that
        of her browser."""
        if Actor.KEY not in row.codes:
            return [self._by_session(self.ana)]
        key = self._key(self.ana, "downloads:read" if row.is_for_staff else _fitting(row))
        bearers = [_client(bearer=one) for one in (key, self._token(self.ana))]
        return [self._by_session(self.ana), *bearers]

    def _key_for(self, actor: Actor, row: Row) -> str:
        fitting = _fitting(row)
        if actor is Actor.WRONG_KEY:
            return self._key(self.root if row.is_for_staff else self.ana, *_others(fitting, row))
        if actor is Actor.LIMITED:
            return self._key(self.root, "library:read" if fitting == "admin" else fitting)
        if row.is_for_staff and row.power:
            return self._key(self._staff(row.power), *sorted({fitting, "admin"}))
        return self._key(self.ana, fitting)


def _fitting(row: Row) -> str:
    return row.scope or "downloads:read"


def _others(fitting: str, row: Row) -> list[str]:
    """Ana cannot have a key with staff's scope."""
    left_out = {fitting} if row.is_for_staff else {fitting, "admin"}
    return [one for one in SCOPES if one not in left_out]


def _client(*, session: str = "", bearer: str = "") -> Client:
    client = stage.carrying(bearer) if bearer else Client()
    client.handler = _handler
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def _teacher(name: str) -> User:
    return User.objects.create_user(name, f"{name}@example.org", PASSWORD)


def _staff(*powers: Power) -> User:
    return stage.make_staff(*powers, name=f"staff-{User.objects.count()}")


def _session_key(user: User) -> str:
    return stage.by_session(user).session.session_key or ""
