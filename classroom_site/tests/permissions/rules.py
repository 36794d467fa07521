"""The actors of the tables, and the rules their rows are written with. No Django, no I/O.

A row says what every actor gets. Most follow one of a few rules, so a row is a call:

    "GET /api/v1/downloads/{download_id}": own("downloads:read", 200),

What is out of the rule stands beside it: `but={Actor.STAFF: 409}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from accounts.roles import Power

REFUSED = 400
NOT_FOUND = 404


class Actor(StrEnum):
    """Everything a row names belongs to Ana."""

    NOBODY = "nobody"
    ANA = "Ana"
    TOKEN = "Ana's token"
    KEY = "key with the scope"
    WRONG_KEY = "key with every other scope"
    BRUNO = "Bruno"
    LIMITED = "superuser's key without admin"
    CLERK = "staff with every other power"
    STAFF = "staff with the power"
    ROOT = "superuser"
    GONE = "deactivated"


KEYS = (Actor.KEY, Actor.WRONG_KEY, Actor.LIMITED)
PEOPLE = (Actor.ANA, Actor.TOKEN, Actor.BRUNO, Actor.CLERK, Actor.STAFF, Actor.ROOT)
STRANGERS = (Actor.BRUNO, Actor.LIMITED, Actor.CLERK)
TEACHERS = (Actor.ANA, Actor.TOKEN, Actor.BRUNO)
OWNERS = (Actor.ANA, Actor.TOKEN, Actor.KEY)
MANAGERS = (Actor.STAFF, Actor.ROOT)

Codes = Mapping[Actor, int]


@dataclass(frozen=True, slots=True)
class Row:
    """What each actor gets, and what they send.

    `power` is what `Actor.STAFF` has and `Actor.CLERK` lacks. `at` puts another thing in the
    place of a parameter: {"download_id": "queued"}.
    """

    words: str
    codes: Codes
    scope: str = ""
    power: Power | None = Power.WORK
    body: Any = None
    query: str = ""
    at: Mapping[str, str] = field(default_factory=dict)
    is_for_staff: bool = False


def own(scope: str, ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    """Whose it is and staff; for everybody else it is not there."""
    codes = {
        **dict.fromkeys((Actor.NOBODY, Actor.GONE), 401),
        **dict.fromkeys((Actor.ANA, Actor.TOKEN, Actor.KEY, *MANAGERS), ok),
        **dict.fromkeys(STRANGERS, 404),
        Actor.WRONG_KEY: 403,
    }
    return Row("whose it is, and staff", codes | dict(but or {}), scope=scope, **sent)


def each(scope: str, ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    """Everybody who is signed in, with what is theirs."""
    codes = {
        **dict.fromkeys((Actor.NOBODY, Actor.GONE), 401),
        **dict.fromkeys((*PEOPLE, Actor.KEY, Actor.LIMITED), ok),
        Actor.WRONG_KEY: 403 if scope else ok,
    }
    return Row("everybody, with what is theirs", codes | dict(but or {}), scope=scope, **sent)


def staff(
    power: Power,
    ok: int,
    *,
    scope: str = "admin",
    refusal: int = 403,
    but: Codes | None = None,
    **sent: Any,
) -> Row:
    """Staff with the power; `refusal` 404 where nobody else learns that there is such a thing."""
    codes = {
        **dict.fromkeys((Actor.NOBODY, Actor.GONE), 401),
        **dict.fromkeys((*TEACHERS, Actor.CLERK), refusal),
        **dict.fromkeys((*MANAGERS, Actor.KEY), ok),
        Actor.WRONG_KEY: 403,
        Actor.LIMITED: 403 if scope == "admin" else refusal,
    }
    words = f"staff who may `{power}`"
    given = codes | dict(but or {})
    return Row(words, given, scope=scope, power=power, is_for_staff=True, **sent)


def person(ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    """People about themselves; no key may."""
    codes = {
        **dict.fromkeys((Actor.NOBODY, Actor.GONE), 401),
        **dict.fromkeys(PEOPLE, ok),
        **dict.fromkeys(KEYS, 403),
    }
    return Row("people about themselves; no key", codes | dict(but or {}), **sent)


def personal(ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    """Whose it is and nobody else, staff neither; no key may."""
    codes = {
        **dict.fromkeys((Actor.NOBODY, Actor.GONE), 401),
        **dict.fromkeys((Actor.ANA, Actor.TOKEN), ok),
        **dict.fromkeys((Actor.BRUNO, Actor.CLERK, *MANAGERS), 404),
        **dict.fromkeys(KEYS, 403),
    }
    return Row("whose it is alone; no key", codes | dict(but or {}), **sent)


def anyone(ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    """Open to everybody; what opens nothing any more is refused even here unless `but` says so."""
    codes = dict.fromkeys(Actor, ok)
    return Row("everybody, signed in or not", codes | dict(but or {}), **sent)


# Pages know people by their session alone: a key or a token opens none of them.
AT_A_PAGE: tuple[Actor, ...] = tuple(
    one for one in Actor if one not in KEYS and one is not Actor.TOKEN
)
SIGN_IN = 401  # a page sends them there


def own_page(ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    codes = {
        **dict.fromkeys((Actor.NOBODY, Actor.GONE), SIGN_IN),
        **dict.fromkeys((Actor.ANA, *MANAGERS), ok),
        **dict.fromkeys((Actor.BRUNO, Actor.CLERK), 404),
    }
    words = sent.pop("words", "whose it is, and staff")
    return Row(words, codes | dict(but or {}), **sent)


def personal_page(ok: int, **sent: Any) -> Row:
    """Whose it is and nobody else, staff neither."""
    return own_page(ok, words="whose it is alone", but=dict.fromkeys(MANAGERS, 404), **sent)


def each_page(ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    codes = dict[Actor, int].fromkeys(AT_A_PAGE, ok)
    codes[Actor.NOBODY] = codes[Actor.GONE] = SIGN_IN
    return Row("everybody, with what is theirs", codes | dict(but or {}), **sent)


def staff_page(
    power: Power, ok: int, *, refusal: int = 403, but: Codes | None = None, **sent: Any
) -> Row:
    codes = {
        **dict.fromkeys((Actor.NOBODY, Actor.GONE), SIGN_IN),
        **dict.fromkeys((Actor.ANA, Actor.BRUNO, Actor.CLERK), refusal),
        **dict.fromkeys(MANAGERS, ok),
    }
    words = f"staff who may `{power}`"
    return Row(words, codes | dict(but or {}), power=power, is_for_staff=True, **sent)


def open_page(ok: int, *, but: Codes | None = None, **sent: Any) -> Row:
    codes = dict[Actor, int].fromkeys(AT_A_PAGE, ok)
    return Row("everybody, signed in or not", codes | dict(but or {}), **sent)


def visitors_page(ok: int, *, signed_in: int, **sent: Any) -> Row:
    """For who is not signed in; the others are led on."""
    codes = dict[Actor, int].fromkeys(AT_A_PAGE, signed_in)
    codes[Actor.NOBODY] = codes[Actor.GONE] = ok
    return Row("who is not signed in", codes, **sent)
