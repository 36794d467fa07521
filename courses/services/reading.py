"""One synchronisation from its first call to its last.

Everything is written as soon as it is read, and every step can be done again: a run that is cut
off anywhere is followed by one that passes over the courses that were finished.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Case, QuerySet, Value, When

from accounts.google.client import GoogleClient
from accounts.google.errors import GoogleError, Reason
from accounts.google.scopes import Capability
from accounts.models import Credential
from accounts.services import clients, tokens
from core.jobs.kind import Beat, Ended, Failure, PutBack
from courses import problems
from courses.classroom import reading
from courses.classroom.payloads import CourseFacts
from courses.models import CourseAccess, CourseState, Sync
from courses.services import asking, listing
from courses.services.course_reading import LOST, CourseReading
from courses.services.progress import Progress

Page = TypeVar("Page")

_CONSENT_SECONDS = 60.0
_QUOTA_SECONDS = 3600.0
# By attempt; after the last one there is the next planned synchronisation.
_AWAY_SECONDS = (60.0, 15 * 60.0)


def read_account(job: Sync, beat: Beat) -> dict[str, Any]:
    """Read what the job is for; return the fields of its completed row.

    :raises Ended: Google, or the account, does not let us
    """
    progress = Progress(job, beat)
    progress.show(at_once=True)
    try:
        if not job.credential.may(Capability.LIST_COURSES):
            tokens.renew(credential_id=job.credential_id)
            return progress.result()
        with closing(clients.client_for(job.credential, pause=progress.pause)) as client:
            _Account(job, client, progress).read()
    except GoogleError as error:
        raise Ended(_end_of(error, job)) from error
    return progress.result()


def _end_of(error: GoogleError, job: Sync) -> Failure | PutBack:
    wait = error.retry_after or 0.0
    if error.reason == Reason.NEEDS_CONSENT:
        if not Credential.objects.usable().filter(pk=job.credential_id).exists():
            return PutBack("needs_consent", _CONSENT_SECONDS)
        # Google gives tokens and does not take them: that is not for ever to be tried again.
        wait = _CONSENT_SECONDS
    elif error.reason == Reason.QUOTA:
        wait = max(wait, _QUOTA_SECONDS)
    elif error.is_transient:
        wait = max(wait, _AWAY_SECONDS[min(job.attempt, len(_AWAY_SECONDS) - 1)])
    return Failure(
        problems.code_of(error),
        error.detail,
        retryable=error.is_transient or error.reason in (Reason.QUOTA, Reason.NEEDS_CONSENT),
        retry_after=wait,
    )


class _Account:
    def __init__(self, job: Sync, client: GoogleClient, progress: Progress) -> None:
        self._job = job
        self._client = client
        self._progress = progress

    def read(self) -> None:
        if self._job.course_id is None:
            self._list()
        else:
            self._look_at_one()
        self._progress.add(courses_total=self._accesses().count())
        done = self._job.started_at
        self._read_courses(done)
        while self._may_more_now():
            self._read_courses(None)
        asking.ask_about_links(
            course_ids=list(self._accesses().values_list("course_id", flat=True)),
            progress=self._progress,
        )

    def _read_courses(self, done: datetime | None) -> None:
        """All that were not finished since `done`, by an earlier run of this job."""
        reading = CourseReading(self._client, self._progress, full=self._job.full)
        for access in self._in_turn():
            if done is None or access.synced_at is None or access.synced_at < done:
                reading.read(access)
            self._progress.has_done(access.course_id)

    def _may_more_now(self) -> bool:
        """Its owner has permitted more meanwhile: what was read without that is read anew."""
        before = set(self._job.credential.capabilities)
        self._job.credential.refresh_from_db(fields=["granted_scopes"])
        return not before >= set(self._job.credential.capabilities)

    def _list(self) -> None:
        """:raises GoogleError: also EndlessList; then no course counts as gone"""
        seen: set[int] = set()
        for teaching in (True, False):
            pages = reading.courses(self._client, teaching=teaching)
            for page in self._paced(pages):
                seen.update(self._write(page, seen, teaching=teaching))
        listing.mark_gone(credential=self._job.credential, seen=seen)

    def _write(self, page: list[CourseFacts], seen: set[int], *, teaching: bool) -> list[int]:
        """Who teaches a course has no use for being a pupil of it, too."""
        if not teaching:
            known = self._accesses().filter(course__in=seen)
            taught = set(known.values_list("course__google_id", flat=True))
            page = [one for one in page if one.google_id not in taught]
        return listing.write_courses(
            credential=self._job.credential, facts=page, teaching=teaching
        )

    def _look_at_one(self) -> None:
        """:raises GoogleError: the account is no longer in the course"""
        access = self._accesses().select_related("course", "credential").first()
        if access is None:
            raise GoogleError(Reason.NO_ACCESS, "the account does not have this course")
        try:
            facts = reading.course(self._client, access.course.google_id)
        except GoogleError as error:
            if error.reason in LOST:
                listing.close_access(access=access, problem=problems.code_of(error))
            raise
        if facts is not None:
            listing.update_course(facts)

    def _accesses(self) -> QuerySet[CourseAccess]:
        rows = CourseAccess.objects.filter(credential=self._job.credential, gone_at=None)
        return rows.filter(course=self._job.course_id) if self._job.course_id else rows

    def _in_turn(self) -> Iterator[CourseAccess]:
        """Courses that are taught now come first. Each is loaded when its turn has come."""
        now_first = Case(When(course__state=CourseState.ACTIVE, then=Value(0)), default=Value(1))
        rows = self._accesses().order_by(now_first, "-course__google_updated_at", "-id")
        for pk in list(rows.values_list("id", flat=True)):
            access = rows.filter(id=pk).select_related("course", "credential").first()
            if access is not None:
                yield access

    def _paced(self, pages: Iterator[Page]) -> Iterator[Page]:
        for page in pages:
            self._progress.has_called(self._client.calls)
            yield page
