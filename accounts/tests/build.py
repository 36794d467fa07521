"""Google accounts and connect links for tests."""

import hashlib
import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.google.scopes import Bundle, to_ask_for
from accounts.models import ConnectLink, Credential, User
from accounts.services import grants

_numbers = itertools.count(1)


def make_credential(
    owner: User,
    *,
    bundles: Sequence[Bundle] = (Bundle.CLASSROOM,),
    access_token: str = "",
    refresh_token: str = "",
    **over: Any,
) -> Credential:
    """An account of `owner` that was granted `bundles`; its token is good for an hour."""
    number = next(_numbers)
    facts: dict[str, Any] = {
        "google_sub": f"10000000{number}",
        "email": f"teacher{number}@escola.example",
        "name": f"Teacher {number}",
        "client_id": "sandbox-client",
        "granted_scopes": sorted(to_ask_for(bundles)),
        "expires_at": timezone.now() + timedelta(hours=1),
    }
    credential = Credential(owner=owner, **(facts | over))
    if "secrets" not in over:
        credential.secrets = grants.sealed(
            credential, access_token or f"ya29.test-{number}", refresh_token or f"1//test-{number}"
        )
    credential.save()
    return credential


def make_connect_link(owner: User, *, token: str = "", **over: Any) -> ConnectLink:
    """A link of `owner` that is open for ten minutes. `token` is what its address ends with."""
    facts: dict[str, Any] = {
        "bundles": [Bundle.CLASSROOM.value],
        "digest": hashlib.sha256((token or f"link-{next(_numbers)}").encode()).hexdigest(),
        "expires_at": timezone.now() + timedelta(minutes=10),
    }
    return ConnectLink.objects.create(owner=owner, **(facts | over))
