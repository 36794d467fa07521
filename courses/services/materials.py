"""The fetched files of a course's materials."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from courses.models import CourseFile, CourseMaterial
from library.services import removing, storing
from library.services.storing import Published


@transaction.atomic
def add_file(
    *, owner: User, material: CourseMaterial, published: Published, name: str
) -> CourseFile:
    """Record a fetched material, in the place of what the owner had of it before."""
    stored = storing.store_file(published=published)
    mine = CourseFile.objects.select_related("file").filter(owner=owner, material=material)
    before = mine.first()
    found, _ = CourseFile.objects.update_or_create(
        owner=owner,
        material=material,
        defaults={"file": stored, "name": name, "created_at": timezone.now()},
    )
    if before and before.file_id != stored.pk:
        removing.remove_file(stored_id=before.file_id)
    return found
