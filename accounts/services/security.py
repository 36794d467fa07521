"""Security events: entries of the audit trail that a stranger can cause, and so are bounded."""

import time
from typing import Any

from django.db.models import Model

from accounts.deeds import Deed
from accounts.models import User
from accounts.services import audit
from core import circumstances, client_address, ratelimit
from core.ratelimit import Limit

_OF_ONE_ADDRESS = Limit(10, 3600)
_OF_ALL = Limit(1000, 3600)
_MOST_QUIET = 10_000

_quiet: dict[str, int] = {}  # until when, in milliseconds, this process need not even count


def note(deed: Deed, *, by: User | None, target: Model | None = None, **details: Any) -> None:
    """An entry, unless this address or all together have caused so many within the hour.

    What is left out is in the logs; who floods us with requests shall not flood the trail.
    """
    address = client_address.bucket_of(circumstances.now().address)
    key = f"noted:{deed}:{address}"
    if _quiet.get(key, 0) > time.time() * 1000:
        return
    own = ratelimit.take(key, _OF_ONE_ADDRESS)
    if own.allowed and ratelimit.take("noted:all", _OF_ALL).allowed:
        audit.record(deed, by=by, target=target, **details)
    elif len(_quiet) < _MOST_QUIET:
        _quiet[key] = own.ends_ms
    else:
        _quiet.clear()


def forget() -> None:
    """Count again; tests begin so."""
    _quiet.clear()
