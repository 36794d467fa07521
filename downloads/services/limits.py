"""The limits: what is in force, and what staff and people change of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import User
from accounts.roles import Power
from accounts.services import audit
from core import events, wakeup
from core.errors import Forbidden, Invalid
from core.models import Status
from core.queue import wake_workers
from downloads.engines import bandwidth
from downloads.engines.bandwidth import Meter
from downloads.models import Download, DownloadPolicy, HostPause, UserLimits, gates
from downloads.models.policy import Limits, current, limits_of

__all__ = [
    "Limits",
    "change_policy",
    "change_user_limits",
    "current",
    "delete_user_limits",
    "keep_bandwidth",
    "lift_pause",
    "limits_changed",
    "limits_of",
    "pause",
    "resume",
    "tell_waiting",
]


def change_policy(*, by: User, **fields: Any) -> Limits:
    """Turn some of the limits of the whole installation; None goes back to the environment's.

    :raises Forbidden: settings are not theirs to change
    :raises Invalid: a value cannot be
    """
    _check(by, Power.SETTINGS)
    with transaction.atomic():
        audit.record(Deed.SETTINGS_CHANGED, by=by, what="limits", **_plain(fields))
        return _change_policy(fields)


def _change_policy(fields: Mapping[str, Any]) -> Limits:
    with transaction.atomic():
        policy = _policy()
        for name, value in fields.items():
            setattr(policy, name, value)
        try:
            policy.full_clean()
        except ValidationError as problem:
            raise Invalid(
                _("Some of the limits are not possible."), errors=_told(problem)
            ) from None
        policy.save()
        limits_changed()
    return limits_of(policy)


def change_user_limits(*, by: User, owner: User, **fields: Any) -> UserLimits:
    """Set what differs for one person; None is as for everybody.

    :raises Forbidden: settings are not theirs to change
    """
    _check(by, Power.SETTINGS)
    with transaction.atomic():
        own, _made = UserLimits.objects.update_or_create(owner=owner, defaults=fields)
        told = _plain(fields)
        audit.record(Deed.SETTINGS_CHANGED, by=by, target=own, owner_id=owner.pk, **told)
        limits_changed(owner_id=owner.pk)
    return own


def delete_user_limits(*, by: User, own: UserLimits) -> None:
    """From now on the limits of everybody hold for this person too.

    :raises Forbidden: settings are not theirs to change
    """
    _check(by, Power.SETTINGS)
    with transaction.atomic():
        deed = Deed.SETTINGS_CHANGED
        audit.record(deed, by=by, target=own, owner_id=own.owner_id, deleted=True)
        own.delete()
        limits_changed(owner_id=own.owner_id)


def pause(*, by: User, everybody: bool = False) -> None:
    """Begin no more of this person's downloads, or nobody's; what runs goes on.

    :raises Forbidden: only staff stop everybody
    """
    _set_paused(by, everybody, paused=True)


def resume(*, by: User, everybody: bool = False) -> None:
    """:raises Forbidden: only staff do so for everybody"""
    _set_paused(by, everybody, paused=False)


def lift_pause(*, by: User, pause: HostPause) -> None:
    """Try a site again at once.

    :raises Forbidden: it is not staff who asks
    """
    _check(by, Power.WORK)
    with transaction.atomic():
        audit.record(Deed.QUEUE_RESUMED, by=by, target=pause)
        pause.delete()
        limits_changed()


def limits_changed(*, owner_id: int | None = None) -> None:
    """Of one person, or of all: open pages draw their rows anew, and the workers look again."""
    tell_waiting(owner_id=owner_id)
    transaction.on_commit(wakeup.ring)
    wake_workers()


def tell_waiting(*, owner_id: int | None = None) -> None:
    """Why downloads wait has changed, of one person or of all."""
    gates.forget()
    waiting = Download.objects.filter(status=Status.QUEUED)
    if owner_id is not None:
        waiting = waiting.filter(owner_id=owner_id)
    with transaction.atomic():
        events.record(
            topic="downloads" if owner_id is None else f"downloads.{owner_id}",
            type="downloads_update",
            owner_id=owner_id,
            data={"number": waiting.count()},
        )


def _set_paused(by: User, everybody: bool, *, paused: bool) -> None:
    deed = Deed.QUEUE_PAUSED if paused else Deed.QUEUE_RESUMED
    if everybody:
        _check(by, Power.WORK)
    with transaction.atomic():
        audit.record(deed, by=by, owner_id=None if everybody else by.pk, everybody=everybody)
        if everybody:
            _change_policy({"paused": paused})
            return
        UserLimits.objects.update_or_create(owner=by, defaults={"paused": paused})
        limits_changed(owner_id=by.pk)


def make_policy() -> DownloadPolicy:
    """The one row, whether it was there or not."""
    return DownloadPolicy.objects.get_or_create(pk=1)[0]


def _policy() -> DownloadPolicy:
    """Locked, so that of two changes at once none is lost."""
    make_policy()
    return DownloadPolicy.objects.select_for_update().get(pk=1)


def _check(by: User, power: Power) -> None:
    if not by.may(power):
        raise Forbidden(_("Only staff change limits."), code="staff_only")


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As the audit trail keeps values."""
    simple = (int, str, bool, list, type(None))
    return {
        name: value if isinstance(value, simple) else str(value) for name, value in fields.items()
    }


def _told(problem: ValidationError) -> dict[str, Any]:
    errors = problem.message_dict
    return {("" if name == "__all__" else name): told for name, told in errors.items()}


def keep_bandwidth() -> None:
    """Tell the downloads of this node the rate that is in force; those that run hear it too."""
    rate = float(current().bandwidth_bytes_per_second or 0)
    folder = Path(settings.RUN_DIR) / "tools"
    folder.mkdir(parents=True, exist_ok=True)
    shared = Meter(bandwidth.file_in(folder))
    try:
        if shared.rate != rate:
            shared.set_rate(rate)
    finally:
        shared.close()
