"""Every socket, by every actor."""

import pytest

from accounts.models import User
from accounts.roles import Power
from accounts.services import api_keys, api_sessions
from classroom_site.tests.permissions.rules import Actor
from classroom_site.tests.permissions.stage import make_root, make_staff
from classroom_site.tests.permissions.table_sockets import OPEN, TABLE
from downloads.tests.build import make_download
from downloads.tests.watch import make_subscription
from realtime.routing import websocket_urlpatterns
from realtime.tests.conftest import _connections_of_threads_end, in_thread, watch

__all__ = ["_connections_of_threads_end", "watch"]
KEY = "downloads:read"

pytestmark = pytest.mark.django_db(transaction=True)


def person_of(actor: Actor, ana: User, bruno: User) -> User | None:
    match actor:
        case Actor.ANA | Actor.GONE:
            return ana
        case Actor.BRUNO:
            return bruno
        case Actor.CLERK:
            return make_staff(*(one for one in Power if one is not Power.WORK))
        case Actor.STAFF:
            return make_staff(Power.WORK)
        case Actor.ROOT:
            return make_root()
    return None


def bearer_of(actor: Actor, ana: User) -> str:
    match actor:
        case Actor.TOKEN:
            return api_sessions.begin(user=ana, address="127.0.0.1", agent="x").access
        case Actor.KEY:
            return _key(ana, KEY)
        case Actor.WRONG_KEY:
            return _key(ana, "library:read", "downloads:write")
        case Actor.LIMITED:
            return _key(make_root(), KEY)
    return ""


def _key(owner: User, *scopes: str) -> str:
    return api_keys.create_api_key(by=None, owner=owner, name="x", scopes=scopes)[1]


def means_of(actor: Actor, ana: User, bruno: User) -> tuple[User | None, dict[str, str]]:
    bearer = bearer_of(actor, ana)
    headers = {"origin": "", "authorization": f"Bearer {bearer}"} if bearer else {}
    return person_of(actor, ana, bruno), headers


@pytest.mark.parametrize("actor", Actor)
async def test_every_socket_opens_to_whom_the_table_says(ana, bruno, watch, actor):
    number = (await in_thread(make_download)(ana)).pk
    watched = (await in_thread(make_subscription)(ana)).pk
    person, headers = await in_thread(means_of)(actor, ana, bruno)
    if actor is Actor.GONE:
        watch = _gone(watch, ana)

    found = {}
    for route in TABLE:
        path = route.replace("<int:download_id>", str(number))
        path = path.replace("<int:subscription_id>", str(watched))
        watcher = await watch(f"/{path}", person, **headers)
        found[route] = await _outcome(watcher)

    assert found == {route: codes[actor] for route, codes in TABLE.items()}


def _gone(watch, ana):
    """Whose session was made while the account was open."""

    async def open_socket(path, user, **headers):
        await in_thread(User.objects.filter(pk=ana.pk).update)(is_active=False)
        return await watch(path, user, **headers)

    return open_socket


async def _outcome(watcher) -> int:
    output = await watcher._communicator.receive_output(5)
    return OPEN if output["type"] == "websocket.send" else int(output["code"])


def test_every_socket_is_in_the_table():
    assert {str(entry.pattern) for entry in websocket_urlpatterns} - {""} == set(TABLE)
