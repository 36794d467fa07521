"""From the body of a request to what the services take."""

from typing import Any

from accounts.models import User
from downloads.selectors.credentials import own_credential
from downloads.selectors.subscriptions import own_subscription
from downloads.services import presets
from downloads.services.requests import QueueRequest


def request_of(user: User, given: dict[str, Any]) -> QueueRequest:
    """
    :raises NotFound: the account or the subscription is not there, or not this person's
    :raises Invalid: there is no such preset
    """
    wanted = presets.with_preset(given)
    credential_id = wanted.pop("credential_id", None)
    ids = [wanted.pop(name, None) for name in ("subscription_id", "monitoring_id")]
    watched = next((one for one in ids if one is not None), None)
    return QueueRequest(
        credential=own_credential(user=user, credential_id=credential_id)
        if credential_id is not None
        else None,
        subscription=own_subscription(user=user, subscription_id=watched)
        if watched is not None
        else None,
        expires_in_seconds=wanted.pop("expires_in", None),
        **wanted,
    )
