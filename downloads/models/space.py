"""How much of the disk belongs to whom: every content counts once for each who has it."""

from collections.abc import Collection

from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from courses.models import CourseFile
from library.models import StoredFile, Video


def used_by(owner_ids: Collection[int]) -> dict[int, int]:
    """Bytes of the videos and course files of each of these people; one query."""
    owner = OuterRef(OuterRef("pk"))
    videos = Video.objects.filter(owner=owner).values("file_id")
    materials = CourseFile.objects.filter(owner=owner).values("file_id")
    held = StoredFile.objects.filter(Q(pk__in=videos) | Q(pk__in=materials)).order_by()
    total = held.annotate(all=Value(1)).values("all").annotate(bytes=Sum("size_bytes"))
    people = User.objects.filter(pk__in=owner_ids)
    used = people.annotate(used=Coalesce(Subquery(total.values("bytes")), 0))
    return dict(used.values_list("pk", "used"))
