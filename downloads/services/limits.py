"""The limits: what is in force, and what staff and people change of them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
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

    :raises Forbidden: it is not staff who asks
    :raises Invalid: a value cannot be
    """
    _refuse_all_but_staff(by)
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

    :raises Forbidden: it is not staff who asks
    """
    _refuse_all_but_staff(by)
    with transaction.atomic():
        own, _made = UserLimits.objects.update_or_create(owner=owner, defaults=fields)
        limits_changed(owner_id=owner.pk)
    return own


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
    _refuse_all_but_staff(by)
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
    if everybody:
        change_policy(by=by, paused=paused)
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


def _refuse_all_but_staff(by: User) -> None:
    if not by.is_admin:
        raise Forbidden(_("Only staff change limits."), code="staff_only")


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
