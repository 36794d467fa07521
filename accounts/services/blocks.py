"""Addresses that get nothing for a while: by themselves after abuse, or by staff's decision."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from math import ceil

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.deeds import Deed
from accounts.models import AddressBlock, User
from accounts.roles import Power
from accounts.services import audit, security
from core import circumstances, client_address, ratelimit
from core.errors import Conflict, Forbidden, Invalid
from core.ratelimit import Limit

REFUSALS = Limit(20, 5 * 60)
HOLDS = timedelta(minutes=60)
REASON_LENGTH = 200
_WIDEST = {4: 8, 6: 16}
_FRESH_SECONDS = 5.0
_MOST = 10_000


class AddressBlocked(Forbidden):
    code = "address_blocked"
    message = _("Too much went wrong from your address. Sign in, or try again later.")


@dataclass(frozen=True, slots=True)
class _InForce:
    name: str
    network: IPv4Network | IPv6Network
    is_automatic: bool
    until: datetime | None

    def retry_after(self) -> int | None:
        """None when it is over; a block without an end is looked at again in a day."""
        if self.until is None:
            return 24 * 3600
        left = (self.until - timezone.now()).total_seconds()
        return ceil(left) if left > 0 else None


class _Known:
    """What is in force, read from the database at most every few seconds."""

    def __init__(self) -> None:
        self.set([], fresh_for=0)

    def set(self, rows: list[_InForce], *, fresh_for: float = _FRESH_SECONDS) -> None:
        self.automatic = {row.name: row for row in rows if row.is_automatic}
        self.by_staff = [row for row in rows if not row.is_automatic]
        self.stale_at = time.monotonic() + fresh_for

    def refresh(self) -> None:
        if time.monotonic() >= self.stale_at:
            rows = AddressBlock.objects.in_force().order_by("-pk")[:_MOST]
            self.set([_in_force(row) for row in rows])


def _in_force(row: AddressBlock) -> _InForce:
    return _InForce(row.network, ip_network(row.network), row.is_automatic, row.until)


known = _Known()


def refuse_blocked(*, address: str, is_stranger: bool, is_staff: bool = False) -> None:
    """One that came by itself stops strangers only; one of staff's everybody but staff.

    :raises AddressBlocked: this caller gets nothing from there
    """
    known.refresh()
    parsed = client_address.parse(address)
    if parsed is None:
        return
    found = [row for row in known.by_staff if parsed in row.network] if not is_staff else []
    if is_stranger:
        found += filter(None, [known.automatic.get(client_address.bucket_of(address))])
    left = [seconds for row in found if (seconds := row.retry_after())]
    if left:
        raise AddressBlocked(retry_after=max(left))


def any_by_staff() -> bool:
    """Whether it is worth knowing who asks before they are refused."""
    known.refresh()
    return bool(known.by_staff)


def note_refusal(*, address: str, status: int, path: str) -> None:
    """A stranger was refused once more. The twentieth time within five minutes blocks.

    Nobody is blocked where there are no limits.
    """
    if not settings.RATE_LIMIT_PER_MINUTE or client_address.parse(address) is None:
        return
    bucket = client_address.bucket_of(address)
    count = ratelimit.take(_counter(bucket), REFUSALS).count
    if count == 1:
        security.note(Deed.REQUEST_REFUSED, by=None, status=status, path=path[:200])
    if count == REFUSALS.number:
        _block(bucket, by=None, until=timezone.now() + HOLDS)


def block_address(
    *, by: User, network: str, reason: str = "", until: datetime | None = None
) -> AddressBlock:
    """From now on everybody but staff gets nothing from there.

    :raises Forbidden: this is for staff who look after security
    :raises Invalid: no address or network, much too wide a one, one's own, or an end in the past
    :raises Conflict: staff have blocked it already
    """
    _check(by)
    wanted = _network(network)
    errors = {}
    if until is not None and until <= timezone.now():
        errors["until"] = [_("This time has passed.")]
    if len(reason) > REASON_LENGTH or "\0" in reason:
        errors["reason"] = [_("At most 200 characters.")]
    if errors:
        raise Invalid(_("This address could not be blocked."), errors=errors)
    same = AddressBlock.objects.in_force().filter(network=wanted, is_automatic=False)
    if same.exists():
        raise Conflict(_("This address is blocked already."), code="already_blocked")
    return _block(wanted, by=by, until=until, reason=reason)


def lift_block(*, by: User, block: AddressBlock) -> None:
    """At once; lifting it again changes nothing.

    :raises Forbidden: this is for staff who look after security
    """
    _check(by)
    with transaction.atomic():
        rows = AddressBlock.objects.filter(pk=block.pk, lifted_at=None)
        if rows.update(lifted_at=timezone.now(), lifted_by=by):
            audit.record(Deed.BLOCK_LIFTED, by=by, target=block)
        ratelimit.clear(_counter(block.network))
        _forget_soon()


def forget() -> None:
    """Ask the database again the next time."""
    known.set([], fresh_for=0)


def _block(
    network: str, *, by: User | None, until: datetime | None, reason: str = ""
) -> AddressBlock:
    with transaction.atomic():
        block = AddressBlock.objects.create(
            network=network, reason=reason, is_automatic=by is None, created_by=by, until=until
        )
        ends = until.isoformat() if until else None
        audit.record(Deed.ADDRESS_BLOCKED, by=by, target=block, until=ends, reason=reason)
        _forget_soon()
    return block


def _forget_soon() -> None:
    """Now, and once more when others see it too."""
    forget()
    transaction.on_commit(forget)


def _check(by: User) -> None:
    if not by.may(Power.SECURITY):
        raise Forbidden


def _network(text: str) -> str:
    """An address or network as it is kept.

    :raises Invalid: it is none, or would hit more than was meant
    """
    try:
        found = ip_network(text.strip(), strict=False)
    except ValueError:
        raise _wrong(_("Give an address, or a network such as 203.0.113.0/24.")) from None
    if found.prefixlen < _WIDEST[found.version]:
        raise _wrong(_("This network is too wide."))
    own = client_address.parse(circumstances.now().address)
    if own is not None and own in found:
        raise _wrong(_("This is your own address."))
    return str(found.network_address) if found.num_addresses == 1 else str(found)


def _wrong(message: object) -> Invalid:
    return Invalid(_("This address could not be blocked."), errors={"network": [str(message)]})


def _counter(network: str) -> str:
    return f"refused:{network}"
