"""A person of whom every table holds something, marked so that every trace of it is found."""

import io
import json
import secrets
import zipfile
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.deeds import Deed
from accounts.models import AddressBlock, ApiSession, Credential, User
from accounts.services import api_keys, audit
from accounts.tests.build import make_connect_link, make_credential
from core import events
from core.models import IdempotencyKey
from courses.models import CourseFile, Reach
from courses.tests.make import (
    make_course,
    make_course_video,
    make_coursework,
    make_material,
    make_sync,
    make_topic,
)
from downloads.models import (
    BatchDownload,
    BatchItem,
    CleaningRun,
    FoundVideo,
    RetentionRule,
    Subscription,
    Transition,
    UserLimits,
)
from downloads.tests.build import make_download, make_jar, make_listing
from library.tests.build import make_video

PASSWORD = "seven green kettles"


def make_person(mark: str) -> User:
    """`mark` is in every text that is theirs."""
    return User.objects.create_user(
        mark, f"{mark}@example.org", PASSWORD, full_name=f"{mark} Lima", language="en"
    )


def fill(person: User) -> User:
    """One row of each kind at least; secrets hold the mark `secret-<mark>`."""
    mark = person.username
    credential = _accounts(person, mark)
    _sign_ins(person, mark)
    _work(person, mark, credential)
    _traces(person, mark)
    return person


def _accounts(person: User, mark: str) -> Credential:
    credential = make_credential(
        person,
        email=f"{mark}@escola.example",
        google_sub=f"sub-{mark}",
        name=mark,
        access_token=f"secret-{mark}-access",
        refresh_token=f"secret-{mark}-refresh",
    )
    make_connect_link(person, login_hint=f"{mark}@escola.example", token=f"secret-{mark}-link")
    SocialAccount.objects.create(user=person, provider="google", uid=f"sub-{mark}")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return credential


def _sign_ins(person: User, mark: str) -> None:
    person.user_permissions.add(Permission.objects.get(codename="read_audit"))
    Authenticator.objects.create(user=person, type="totp", data={"secret": f"secret-{mark}-totp"})
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    UserSession.objects.get_or_create(
        session_key=client.session.session_key,
        defaults={"user": person, "ip": "192.0.2.7", "user_agent": mark},
    )
    api_keys.create_api_key(by=person, owner=person, name=f"{mark} key", scopes=["library:read"])
    ApiSession.objects.create(
        owner=person,
        auth_hash=f"secret-{mark}-hash",
        refresh_id=secrets.token_hex(16),
        expires_at=timezone.now() + timedelta(days=7),
        agent=mark,
    )
    IdempotencyKey.objects.create(
        owner=person, key=f"{mark}-1", request_digest="x", body={"key": f"secret-{mark}-body"}
    )


def _work(person: User, mark: str, credential: Credential) -> None:
    course = make_course(credential, name=f"Course of {mark}")
    post = make_coursework(course, topic=make_topic(course, name=mark), title=mark)
    access = course.accesses.get()
    post.assigned_to.add(access)
    lesson, sheet = make_course_video(post, title=mark), make_material(post, title=mark)
    make_sync(credential, status="completed", now_reading=course.name)
    Reach.objects.create(video=lesson, credential=credential)
    key = f"direct:{mark}"
    video = make_video(person, title=f"{mark} lesson", subtitles={"en": "WEBVTT"}, source_key=key)
    file = make_video(person, title=f"{mark} other").file
    CourseFile.objects.create(owner=person, material=sheet, file=file, name=f"{mark}.pdf")
    watched = Subscription.objects.create(
        owner=person,
        name=mark,
        kind="channel",
        url=f"https://www.youtube.com/@{mark}",
        source_key=f"youtube:{mark}",
        folder=mark,
    )
    done = make_download(
        person, status="completed", video=video, subscription=watched, credential=credential
    )
    waiting = make_download(person, title=f"{mark} waits", course_video=lesson)
    Transition.objects.create(
        download=waiting, source="", target="queued", actor=f"user:{person.pk}"
    )
    batch = BatchDownload.objects.create(
        owner=person, course=course, credential=credential, title=course.name
    )
    BatchItem.objects.create(batch=batch, title=mark, video=lesson, download=done)
    FoundVideo.objects.create(
        owner=person,
        subscription=watched,
        download=done,
        url=done.url,
        source="direct",
        source_key=key,
        title=mark,
    )
    make_listing(person, f"{mark} entry", title=mark)
    make_jar(person, value=f"secret-{mark}-cookie")
    UserLimits.objects.create(owner=person, max_running=2)
    RetentionRule.objects.create(name=f"{mark} rule", owner=person, max_age_days=900)


def _traces(person: User, mark: str) -> None:
    video = person.videos.earliest("pk")
    CleaningRun.objects.create(
        task="retention",
        status="completed",
        finished_at=timezone.now(),
        report=[{"what": "video", "title": video.title, "owner": mark, "done": True}],
    )
    AddressBlock.objects.create(network="192.0.2.9", created_by=person)
    for thing in (person, video):
        LogEntry.objects.create(
            user=person,
            content_type=ContentType.objects.get_for_model(type(thing)),
            object_id=str(thing.pk),
            object_repr=str(thing),
            action_flag=CHANGE,
            change_message=f'[{{"changed": {{"object": "{mark}"}}}}]',
        )
    with transaction.atomic():
        audit.record(Deed.SIGNED_IN, by=person, target=person, owner_id=person.pk)
        audit.record(Deed.VIDEO_DELETED, by=person, target=video, owner_id=person.pk, title=mark)
        events.record(
            topic="video.1", type="video_update", owner_id=person.pk, data={"title": mark}
        )


def traces_of(*words: str) -> set[str]:
    """The columns of the whole database in which one of these words stands."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            for name, value in row.items():
                text = json.dumps(value, default=str)
                if any(word in text for word in words):
                    found.add(f"{model._meta.label}.{name}")
    return found


def rows_of(person: User) -> dict[str, list[dict[str, Any]]]:
    """Every table with the rows that lead to this person over any number of tables."""
    known: dict[type[Model], set[Any]] = {User: {person.pk}}
    while True:
        more = {
            model: ids
            for model in apps.get_models(include_auto_created=True)
            if (ids := _leading(model, known)) - known.get(model, set())
        }
        if not more:
            break
        for model, ids in more.items():
            known[model] = known.get(model, set()) | ids
    return {
        model._meta.label: list(model._base_manager.filter(pk__in=ids).order_by("pk").values())
        for model, ids in known.items()
    }


def _leading(model: type[Model], known: dict[type[Model], set[Any]]) -> set[Any]:
    found: set[Any] = set()
    for field in model._meta.concrete_fields:
        if field.related_model in known and model is not User:
            through = {f"{field.name}__in": known[field.related_model]}
            found |= set(model._base_manager.filter(**through).values_list("pk", flat=True))
    return found


def unzipped(content: bytes) -> dict[str, Any]:
    """An export: its JSON files as what they hold, its letters as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {
            name: json.loads(archive.read(name))
            if name.endswith(".json")
            else archive.read(name).decode("utf-8-sig")
            for name in archive.namelist()
        }
