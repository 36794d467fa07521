"""Who may open which socket: 0, or the code that closes it."""

from classroom_site.tests.permissions.rules import Actor, Codes

OPEN, SIGN_IN, MAY_NOT, NOT_FOUND = 0, 4401, 4403, 4404

_OWN = {
    Actor.NOBODY: SIGN_IN,
    Actor.GONE: SIGN_IN,
    Actor.ANA: OPEN,
    Actor.TOKEN: OPEN,
    Actor.KEY: OPEN,
    Actor.WRONG_KEY: MAY_NOT,
    Actor.BRUNO: NOT_FOUND,
    Actor.LIMITED: NOT_FOUND,
    Actor.CLERK: NOT_FOUND,
    Actor.STAFF: OPEN,
    Actor.ROOT: OPEN,
}
_EACH = _OWN | dict.fromkeys((Actor.BRUNO, Actor.LIMITED, Actor.CLERK), OPEN)
TABLE: dict[str, Codes] = {
    "ws/downloads/<int:download_id>": _OWN,
    "ws/dashboard": _EACH,
    "ws/subscriptions/<int:subscription_id>": _OWN,
    "ws/monitorings/<int:subscription_id>": _OWN,
}
