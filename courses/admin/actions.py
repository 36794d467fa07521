"""What staff do to many synchronisations at once, and how much of it was done."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Credential
from core.errors import ExpectedError
from courses.models import Course, CourseAccess, Sync
from courses.selectors import syncs
from courses.services import syncing

AT_ONCE = 200
NAMED = 10

Admin = admin.ModelAdmin[Any]
Work = Callable[[], object]


def sync_courses(site: Admin, request: HttpRequest, selected: QuerySet[Course]) -> None:
    """Through every account that can be used; several courses of one account in one go."""
    user: Any = request.user
    wanted: dict[Credential, list[Course]] = {}
    alone: list[Course] = []
    for course in selected.order_by("-id")[:AT_ONCE]:
        through = syncs.readers(user=user, course=course)
        for credential in through:
            wanted.setdefault(credential, []).append(course)
        if not through:
            alone.append(course)
    if alone:
        text = _("No connected account can read: %(names)s")
        names = ", ".join(str(course)[:60] for course in alone[:NAMED])
        site.message_user(request, text % {"names": names}, messages.WARNING)
    works = [_request(user, credential, courses) for credential, courses in wanted.items()]
    _do(site, request, works, _started)


def sync_accounts(site: Admin, request: HttpRequest, selected: QuerySet[CourseAccess]) -> None:
    """All courses of the accounts behind the selected accesses."""
    user: Any = request.user
    rows = selected.select_related("credential").order_by("-id")[:AT_ONCE]
    credentials = {access.credential for access in rows}
    _do(site, request, [_request(user, one, []) for one in credentials], _started)


def cancel(site: Admin, request: HttpRequest, selected: QuerySet[Sync]) -> None:
    active = [sync for sync in selected.order_by("-id")[:AT_ONCE] if sync.is_active]
    user: Any = request.user
    works = [_cancel(user, sync) for sync in active]
    _do(site, request, works, _stopped)


def retry(site: Admin, request: HttpRequest, selected: QuerySet[Sync]) -> None:
    """Ask again for what has ended: the same account, the same course, as thorough."""
    user: Any = request.user
    ended = [sync for sync in _rows(selected) if not sync.is_active]
    _do(site, request, [_again(user, sync) for sync in ended], _started)


def _rows(selected: QuerySet[Sync]) -> QuerySet[Sync]:
    return selected.select_related("credential", "course").order_by("-id")[:AT_ONCE]


def _request(user: Any, credential: Credential, courses: list[Course]) -> Work:
    course = courses[0] if len(courses) == 1 else None
    return lambda: syncing.request_sync(by=user, credential=credential, course=course)


def _again(user: Any, sync: Sync) -> Work:
    return lambda: syncing.request_sync(
        by=user, credential=sync.credential, course=sync.course, full=sync.full
    )


def _cancel(user: Any, sync: Sync) -> Work:
    return lambda: syncing.cancel_sync(by=user, sync=sync)


def _started(number: int) -> str:
    text = ngettext("%(count)d account is read.", "%(count)d accounts are read.", number)
    return text % {"count": number}


def _stopped(number: int) -> str:
    return ngettext("Stopped %(count)d.", "Stopped %(count)d.", number) % {"count": number}


def _do(
    site: Admin, request: HttpRequest, works: Iterable[Work], said: Callable[[int], str]
) -> None:
    done, refused = 0, set()
    for work in works:
        try:
            work()
        except ExpectedError as refusal:
            refused.add(str(refusal))
        else:
            done += 1
    site.message_user(request, said(done), messages.SUCCESS if done else messages.INFO)
    for reason in sorted(refused)[:NAMED]:
        site.message_user(request, reason, messages.WARNING)
