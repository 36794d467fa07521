"""The answer that carries everything held of a person, for pages, API and admin."""

from django.http import StreamingHttpResponse

from accounts.models import User
from accounts.services import privacy


def export_response(*, by: User, user: User) -> StreamingHttpResponse:
    """:raises NotFound: it is somebody else"""
    name = privacy.filename_of(user)
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Accel-Buffering": "no",
    }
    return StreamingHttpResponse(privacy.export(by=by, user=user), headers=headers)
