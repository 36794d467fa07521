"""The audit trail as a table for a spreadsheet, sent while it is read."""

import csv
import io
import json
from collections.abc import Iterator

from django.http import StreamingHttpResponse

from accounts.deeds import Deed
from accounts.models import AuditEntry, User
from accounts.models.audit import AuditEntryQuerySet
from accounts.selectors_audit import pages_of
from accounts.services import audit
from core.shapes import moment

COLUMNS = (
    "id", "at", "action", "actor_id", "actor", "means", "means_detail", "address", "agent",
    "request_id", "target_type", "target_id", "target", "owner_id", "details",
)  # fmt: skip

# What a spreadsheet takes for a formula where a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(*, by: User, entries: AuditEntryQuerySet, wanted: str) -> StreamingHttpResponse:
    """`wanted` says which entries these are, for the entry that tells of the export."""
    audit.record(Deed.EXPORTED, by=by, what="audit", wanted=wanted[:500])
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="audit.csv"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Accel-Buffering": "no",
    }
    return StreamingHttpResponse(lines(entries), headers=headers)


def lines(entries: AuditEntryQuerySet) -> Iterator[str]:
    yield _written([COLUMNS])
    for page in pages_of(entries):
        yield _written(_cells(entry) for entry in page)


def safe(value: object) -> str:
    """No cell is taken for a formula, whatever people call themselves and their videos."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(entry: AuditEntry) -> list[str]:
    details = json.dumps(entry.details, ensure_ascii=False) if entry.details else ""
    facts = (
        entry.pk, moment(entry.at), entry.action, entry.actor_id, entry.actor_name, entry.means,
        entry.means_detail, entry.address, entry.agent, entry.request_id, entry.target_type,
        entry.target_id, entry.target_name, entry.owner_id, details,
    )  # fmt: skip
    return [safe(fact) for fact in facts]


def _written(rows: Iterator[list[str]] | list[tuple[str, ...]]) -> str:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue()
