"""Everything of Ana's that a route can name, and the people who come."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AddressBlock, ApiSession, Erasure, Role, User
from accounts.roles import Power
from accounts.services import api_keys, api_sessions
from accounts.tests.build import make_connect_link, make_credential
from conftest import PASSWORD
from courses.models import CourseFile
from courses.tests.make import (
    make_course,
    make_course_video,
    make_coursework,
    make_material,
    make_sync,
)
from downloads.models import BatchDownload, BatchItem, CleaningRun
from downloads.tests.build import make_download, make_jar, make_listing
from downloads.tests.watch import make_found, make_subscription
from library.tests.build import make_video

CANARY = "Canario"  # in the name of everything of Ana's that has one
MISSING = 987654321
LINK_TOKEN = "a-connect-link-of-ana"
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Things:
    """What stands for the parameters of a route: `things["download_id"]`."""

    def __init__(self, ana: User) -> None:
        key, _secret = api_keys.create_api_key(
            by=None, owner=ana, name=f"{CANARY} key", scopes=["library:read"]
        )
        api_sessions.begin(user=ana, address="127.0.0.1", agent=f"{CANARY} program")
        session = ApiSession.objects.filter(owner=ana).latest("pk")
        self._ids: dict[str, Any] = {
            "user_id": ana.pk,
            "colleague_id": User.objects.create_user("colleague", "colleague@example.org").pk,
            "language": "pt",
            "token": LINK_TOKEN,
            "uidb36": "1",
            "key": "none",
            "scope": "sign_in",
            "session_id": session.pk,
            "key_id": key.pk,
            "block_id": AddressBlock.objects.create(network="198.51.100.1").pk,
            "erasure_id": Erasure.objects.create(pseudonym="person-1").pk,
        }
        self._of_downloads(ana)
        self._of_courses(ana)
        self._of_watching(ana)

    def __getitem__(self, name: str) -> Any:
        return self._ids[name]

    def path(self, route: str, at: Mapping[str, str]) -> str:
        return route.format_map({name: self[at.get(name, name)] for name in _names(route)})

    def body(self, given: Any) -> Any:
        """What is sent, with things in the place of their names: {"to": "{colleague_id}"}."""
        if not isinstance(given, dict):
            return given
        named = {name: str(value)[1:-1] for name, value in given.items() if _is_name(value)}
        return given | {name: self[thing] for name, thing in named.items()}

    def _of_downloads(self, ana: User) -> None:
        video = make_video(
            ana, title=f"{CANARY} video", thumbnail=b"jpeg", subtitles={"pt": "WEBVTT"}
        )
        self.failed = make_download(ana, title=f"{CANARY} failed", status="failed")
        self.completed = make_download(
            ana, title=f"{CANARY} done", status="completed", video=video
        )
        self._ids |= {
            "video_id": video.pk,
            "download_id": self.failed.pk,
            "queued": make_download(ana, title=f"{CANARY} queued").pk,
            "completed": self.completed.pk,
            "listing_id": make_listing(ana, f"{CANARY} entry", title=f"{CANARY} list").pk,
            "jar_id": make_jar(ana, f"{CANARY.lower()}.example").pk,
            "cleaning_id": CleaningRun.objects.create(task="records").pk,
        }

    def _of_courses(self, ana: User) -> None:
        account = make_credential(
            ana, name=f"{CANARY} account", email=f"{CANARY.lower()}@escola.example"
        )
        course = make_course(account, name=f"{CANARY} course")
        work = make_coursework(course, title=f"{CANARY} post")
        make_course_video(work, title=f"{CANARY} in course")
        material = make_material(work, title=f"{CANARY} material")
        batch = BatchDownload.objects.create(owner=ana, course=course, title=f"{CANARY} batch")
        for download in (self.failed, self.completed):
            BatchItem.objects.create(batch=batch, download=download)
        link = make_connect_link(ana, token=LINK_TOKEN)
        self._ids |= {
            "credential_id": account.pk,
            "course_id": course.pk,
            "coursework_id": work.pk,
            "material_id": material.pk,
            "sync_id": make_sync(account).pk,
            "job_id": batch.pk,
            "batch_id": batch.pk,
            "link_id": link.pk,
        }
        file = make_video(ana, title=f"{CANARY} file").file
        CourseFile.objects.create(owner=ana, material=material, file=file, name=f"{CANARY}.pdf")

    def _of_watching(self, ana: User) -> None:
        watched = make_subscription(ana, name=f"{CANARY} channel")
        found = make_found(watched, title=f"{CANARY} found", found_by="user")
        self._ids |= {"subscription_id": watched.pk, "found_id": found.pk}


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{")


def _names(route: str) -> list[str]:
    return [part.split("}")[0] for part in route.split("{")[1:]]


def missing(route: str) -> str:
    """The same route, to something that is not there."""
    return route.format_map(dict.fromkeys(_names(route), MISSING))


def make_staff(*powers: Power, name: str = "staff") -> User:
    """Staff with exactly these powers."""
    found = User.objects.create_user(
        name, f"{name}@example.org", PASSWORD, role=Role.ADMIN, is_staff=True
    )
    codes = [power.value for power in powers]
    found.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return found


def make_root() -> User:
    return User.objects.create_superuser("root", "root@example.org", PASSWORD, role=Role.ADMIN)


def by_session(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def by_key(owner: User, *scopes: str) -> Client:
    return carrying(key_of(owner, *scopes))


def by_token(user: User) -> Client:
    return carrying(token_of(user))


def carrying(bearer: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {bearer}"})


def key_of(owner: User, *scopes: str) -> str:
    return api_keys.create_api_key(by=None, owner=owner, name="x", scopes=scopes)[1]


def token_of(user: User) -> str:
    return api_sessions.begin(user=user, address="127.0.0.1", agent="a program").access
