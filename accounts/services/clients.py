"""Google's APIs in the name of a connected account."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.google.client import GoogleClient
from accounts.google.limiter import Limiter
from accounts.models import Credential
from accounts.services import tokens

NOTED_EVERY = timedelta(minutes=1)

_lock = threading.Lock()
# Google counts by account, whichever of our rows it is connected by.
_limiters: dict[str, Limiter] = defaultdict(lambda: Limiter(settings.GOOGLE_CALLS_PER_SECOND))


def client_for(
    credential: Credential, *, pause: Callable[[float], None] = time.sleep
) -> GoogleClient:
    """A client that notes the use of the account, at most once a minute."""
    with _lock:
        limiter = _limiters[credential.google_sub]
    return GoogleClient(
        tokens=_Tokens(credential.pk),
        session=tokens.google_session(),
        endpoints=settings.GOOGLE,
        limiter=limiter,
        pause=pause,
    )


class _Tokens:
    def __init__(self, credential_id: int) -> None:
        self._credential_id = credential_id
        self._noted = 0.0

    def __call__(self, refused: str = "") -> str:
        token = tokens.access_token(credential_id=self._credential_id, refused=refused)
        if time.monotonic() - self._noted > NOTED_EVERY.total_seconds() or not self._noted:
            self._noted = time.monotonic()
            _note_use(self._credential_id)
        return token


def _note_use(credential_id: int) -> None:
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
    Credential.objects.filter(stale, pk=credential_id).update(last_used_at=now)
