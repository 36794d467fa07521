"""Looks at addresses: which videos are behind a link, told before any of them is fetched.

Checks of subscriptions are looks too. What becomes of one is said to whoever registered for it,
in the transaction in which the look ends: it is told once, or the look is not over.
"""

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Credential, User
from accounts.selectors import drive_credential
from core import events, links
from core.children import inline
from core.database import database_now
from core.errors import NotFound
from core.jobs import lifecycle, node
from core.jobs.kind import Beat, Ended, Event, Failure, InlineKind, Move, PutBack
from core.models import ENDED, JobQuerySet, Status
from core.queue import wake_workers
from downloads.models import Listing, Subscription
from downloads.services import cookies, listing_orders, questions, requests
from downloads.taxonomy import explain
from library.models import Source

MOST = 5000
KEPT_FOR = timedelta(days=7)

_ENTRY = "downloads.engines.listing:run"
_WALL_SECONDS = 120.0
_NOT_STARTED = PutBack("not_started", 1.0)

_planners: list[Callable[[], None]] = []
_checked: list[Callable[[Listing], None]] = []
_check_failed: list[Callable[[Listing, Failure], None]] = []


class ListingKind(InlineKind[Listing]):
    def rows(self) -> JobQuerySet[Listing]:
        return Listing.objects.select_related("owner", "subscription")

    def moved(self, moves: Sequence[Move[Listing]], reason: str, actor: str) -> None:
        for move in moves:
            _tell_subscription(move.job)
            cookies.note_refusals([move.job], code=move.job.error_code)
            _tell(move.job)

    def obstacle(self) -> str:
        return ""

    def plan(self) -> None:
        for planner in _planners:
            planner()
        old = database_now() - KEPT_FOR
        Listing.objects.filter(status__in=ENDED, finished_at__lt=old).delete()

    def work(self, job: Listing, beat: Beat) -> dict[str, Any]:
        try:
            return _look(job, beat)
        finally:
            shutil.rmtree(listing_orders.folder_of(job), ignore_errors=True)


LISTINGS = ListingKind()


def on_plan(planner: Callable[[], None]) -> None:
    """Called every few seconds on every node, to request the checks that are due."""
    _planners.append(planner)


def on_checked(callback: Callable[[Listing], None]) -> None:
    """Called with every completed check of a subscription, in the transaction of its end."""
    _checked.append(callback)


def on_check_failed(callback: Callable[[Listing, Failure], None]) -> None:
    """Called with every check that failed for good, in the transaction of its end."""
    _check_failed.append(callback)


def request_listing(
    *,
    by: User,
    url: str,
    most: int = 500,
    subscription: Subscription | None = None,
    priority: int = 0,
) -> Listing:
    """Have an address looked at; the same look that is under way already is found again.

    :raises Invalid: the address cannot be served
    """
    source, address = _recognised(url)
    listing = Listing(
        owner=by,
        url=address,
        source=source,
        most=min(most, MOST),
        subscription=subscription,
        priority=priority,
    )
    twin = _under_way(listing)
    if twin is not None:
        return twin
    try:
        with transaction.atomic():
            _make(listing)
    except IntegrityError:  # two asked for a check of the same subscription at once
        twin = _under_way(listing)
        if twin is None:
            raise
        return twin
    wake_workers()
    return listing


def leads_to_list(url: str) -> bool:
    """Whether an address is known to lead to several videos.

    :raises Invalid: it cannot be served
    """
    requests.recognise(url)
    return links.playlist_of(url) is not None


def cancel_listing(*, by: User, listing: Listing) -> None:
    """Stop it; one that has ended is left as it is.

    :raises NotFound: it is somebody else's
    """
    if not Listing.objects.visible_to(by).filter(pk=listing.pk).exists():
        raise NotFound
    lifecycle.cancel(LISTINGS, [listing.pk], actor=f"user:{by.pk}")
    listing.refresh_from_db()


def remove_listing(*, by: User, listing: Listing) -> None:
    """Stop it and forget it.

    :raises NotFound: it is somebody else's
    """
    cancel_listing(by=by, listing=listing)
    listing.delete()


def _recognised(url: str) -> tuple[str, str]:
    """Which source it is and its address in one spelling.

    :raises Invalid: see requests.recognise
    """
    found = requests.recognise(url)
    several = links.playlist_of(url)
    return (Source.YOUTUBE, several.url) if several else (found.source, found.url_normalised)


def _under_way(wanted: Listing) -> Listing | None:
    active = Listing.objects.active().filter(subscription=wanted.subscription)
    if wanted.subscription is None:
        active = active.filter(owner=wanted.owner, url=wanted.url, most=wanted.most)
    return active.first()


def _make(listing: Listing) -> None:
    listing.available_at = database_now()
    listing.save()
    listing.refresh_from_db(fields=["available_at"])
    _tell(listing)


def _look(job: Listing, beat: Beat) -> dict[str, Any]:
    credential = drive_credential(user=job.owner) if job.source == Source.DRIVE else None
    order = listing_orders.order_of(job, credential=credential)
    try:
        told = inline.events(
            node.children_socket(),
            _ENTRY,
            order,
            seconds=_WALL_SECONDS,
            tick=beat,
            answer=lambda question: _answer(job, credential, question),
        )
        with closing(told):
            return _result_of(told)
    except OSError:
        raise Ended(_NOT_STARTED) from None


def _result_of(told: Iterable[Event]) -> dict[str, Any]:
    entries: list[dict[str, Any]] = []
    started = False
    for event in told:
        match event["event"]:
            case "started":
                started = True
            case "entries":
                entries += event["entries"]
            case "failed":
                raise Ended(_failure(event))
            case "done":
                facts = {name: event[name] for name in ("is_playlist", "title", "channel")}
                return {**facts, "total": event["total"], "entries": entries}
    text = "The child process died, or was too slow."
    raise Ended(Failure("job.crashed", text, retryable=True) if started else _NOT_STARTED)


def _failure(event: Event) -> Failure | PutBack:
    if event.get("busy"):
        return PutBack("folder_busy", 5.0)
    return Failure(event["code"], event["detail"], event["retryable"], event["retry_after"])


def _answer(job: Listing, credential: Credential | None, question: Event) -> Event:
    if question["what"] == "cookies":
        return {"cookies": cookies.of_visit(owner_id=job.owner_id, url=job.url)}
    if question["what"] == "token":
        pk = credential.pk if credential else None
        return {"token": questions.token_of(pk, refused=question["refused"])}
    raise Ended(Failure("internal", f"nobody knows {question['what']!r}"))


def _tell_subscription(listing: Listing) -> None:
    if listing.subscription_id is None:
        return
    if listing.status == Status.COMPLETED:
        for receive in _checked:
            receive(listing)
    elif listing.status == Status.FAILED:
        for lament in _check_failed:
            lament(listing, Failure(listing.error_code, listing.error_detail))


def _tell(listing: Listing) -> None:
    events.record(
        topic=f"listing.{listing.pk}",
        type="listing_update",
        owner_id=listing.owner_id,
        data=update_of(listing),
    )


def update_of(listing: Listing) -> dict[str, Any]:
    """What those who watch it are told; facts not known are None."""
    failed = listing.status == Status.FAILED
    return {
        "id": listing.pk,
        "subscription_id": listing.subscription_id,
        "status": listing.status,
        "url": listing.url,
        "title": listing.title or None,
        "is_playlist": listing.is_playlist,
        "total_videos": listing.total,
        "error_code": listing.error_code or None,
        "error_message": str(explain(listing.error_code).message) if failed else None,
    }
