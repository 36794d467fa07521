"""Who may enter the back office, and what its first page says."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from django_q.models import Failure

from accounts.models import AddressBlock, Credential, Erasure, Role, User
from accounts.services import api_keys
from accounts.tests.build import make_connect_link, make_credential
from conftest import PASSWORD
from core.models import Event, Status, WorkerHeartbeat
from courses.models import CourseChange, CourseFile, Reach
from courses.tests.make import (
    fill,
    make_course,
    make_course_video,
    make_material,
    make_sync,
    make_topic,
)
from downloads.models import (
    BatchDownload,
    BatchItem,
    CleaningRun,
    Download,
    DownloadPolicy,
    HostPause,
    Preset,
    RetentionRule,
    Transition,
    UserLimits,
)
from downloads.tests.build import make_download, make_jar, make_listing
from downloads.tests.watch import make_found, make_subscription
from library.models import StoredFile
from library.tests.build import make_video
from monitoring.models import CallTally, NodeFacts, Tally


@pytest.fixture
def something_of_everything(ana):
    """At least one row behind every page of the back office."""
    make_video(ana, title="Verbos", subtitles={"pt": "WEBVTT"})
    download = make_download(ana, status=Status.FAILED)
    Transition.objects.create(download=download, target="queued", actor="user:1")
    Event.objects.create(topic="download.1", type="download_update", owner_id=ana.pk)
    WorkerHeartbeat.objects.create(holder="abc123", node="school", pid=42, slots=10, busy=3)
    api_keys.create_api_key(by=ana, owner=ana, name="portal", scopes=["downloads:read"])
    CleaningRun.objects.create(task="records")
    RetentionRule.objects.create(name="Old ones", max_age_days=365)
    DownloadPolicy.objects.create(pk=1)
    UserLimits.objects.create(owner=ana, max_running=3)
    HostPause.objects.create(host="tired.example", reason="source.bot_check", until=timezone.now())
    AddressBlock.objects.create(network="203.0.113.0/24")
    Erasure.objects.create(pseudonym="erased-7f3a")
    account = make_credential(ana)
    make_connect_link(ana, credential=account)
    course_with_everything(account)
    make_found(make_subscription(ana))
    make_jar(ana)
    make_listing(ana, "One")
    Preset.objects.create(name="Projector")
    Tally.objects.create(name="ended", label="completed|direct", value=1)
    CallTally.objects.create(outcome="ok", calls=1)
    NodeFacts.objects.create(holder="abc123", ytdlp="2026.10.26", ffmpeg="7.1", deno="2.9.8")


def course_with_everything(account: Credential) -> None:
    course = make_course(account)
    (work,) = fill(course, number=1, topics=[make_topic(course)])
    material = make_material(work)
    file = StoredFile.objects.get()
    CourseFile.objects.create(owner=account.owner, material=material, file=file, name="a.pdf")
    Reach.objects.create(video=make_course_video(work), credential=account)
    CourseChange.objects.create(course=course, coursework=work, change="new", what="coursework")
    make_sync(account)
    batch = BatchDownload.objects.create(owner=account.owner, course=course, title="Math")
    BatchItem.objects.create(batch=batch, download=Download.objects.get())


def models() -> dict[str, type[Model]]:
    return {model._meta.label: model for model in admin.site._registry}


def pages_of(model: type[Model]) -> list[str]:
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    row = model._default_manager.first()
    of_row = [f"{base}{row.pk}/change/", f"{base}{row.pk}/history/"] if row else []
    return [base, *of_row]


def test_staff_find_exactly_these_tables():
    assert set(models()) == {
        "accounts.AddressBlock",
        "accounts.ApiKey",
        "accounts.AuditEntry",
        "accounts.ConnectLink",
        "accounts.Credential",
        "accounts.Erasure",
        "accounts.User",
        "core.Event",
        "core.WorkerHeartbeat",
        "courses.Course",
        "courses.CourseAccess",
        "courses.CourseChange",
        "courses.CourseFile",
        "courses.CourseMaterial",
        "courses.CourseVideo",
        "courses.Coursework",
        "courses.Reach",
        "courses.Sync",
        "courses.Topic",
        "django_q.Failure",
        "downloads.BatchDownload",
        "downloads.CookieJar",
        "downloads.Listing",
        "downloads.Preset",
        "downloads.CleaningRun",
        "downloads.Download",
        "downloads.DownloadPolicy",
        "downloads.HostPause",
        "downloads.RetentionRule",
        "downloads.FoundVideo",
        "downloads.Subscription",
        "downloads.UserLimits",
        "library.StoredFile",
        "library.Subtitle",
        "library.Video",
        "monitoring.CallTally",
        "monitoring.NodeFacts",
        "monitoring.Tally",
    }


def test_nobody_signs_in_past_the_sign_in_page(anonymous, clara):
    answer = anonymous.get("/admin/downloads/download/?q=x", follow=True)
    last, _status = answer.redirect_chain[-1]
    assert last == "/accounts/login/?next=/admin/downloads/download/%3Fq%3Dx"

    tried = anonymous.post("/admin/login/", {"username": "clara", "password": PASSWORD})
    assert (tried.status_code, tried.headers["Location"]) == (302, "/accounts/login/?next=/admin/")
    assert anonymous.get("/admin/").status_code == 302


def test_staff_signing_in_come_to_the_page_they_asked_for(anonymous, clara):
    answer = anonymous.post(
        "/accounts/login/?next=/admin/downloads/download/",
        {"login": "clara", "password": PASSWORD},
    )

    assert answer.headers["Location"] == "/admin/downloads/download/"
    assert anonymous.get("/admin/downloads/download/").status_code == 200


def test_staff_who_are_in_already_are_led_on(clara_client):
    assert clara_client.get("/admin/login/").headers["Location"] == "/admin/"


def test_the_role_alone_opens_the_door(ana, clara):
    User.objects.filter(pk=ana.pk).update(is_staff=True, is_superuser=True)
    User.objects.filter(pk=clara.pk).update(is_staff=False, is_superuser=False)
    hers, staffs = Client(), Client()
    hers.force_login(ana)
    staffs.force_login(clara)

    assert hers.get("/admin/", follow=True).status_code == 403
    assert staffs.get("/admin/").status_code == 200
    assert staffs.get("/admin/downloads/download/").status_code == 403  # no power was given


def test_a_teacher_sees_no_page_of_the_back_office(ana_client, something_of_everything):
    for model in models().values():
        for address in pages_of(model):
            answer = ana_client.get(address, follow=True)
            assert (address, answer.status_code) == (address, 403)


def test_staff_who_lose_the_role_or_the_account_are_out_at_once(clara_client, clara):
    User.objects.filter(pk=clara.pk).update(role=Role.USER)
    assert clara_client.get("/admin/", follow=True).status_code == 403

    User.objects.filter(pk=clara.pk).update(role=Role.ADMIN, is_active=False)
    assert "/accounts/login/" in clara_client.get("/admin/", follow=True).redirect_chain[-1][0]


def test_passwords_are_changed_on_the_one_page_for_it(clara_client):
    answer = clara_client.get("/admin/password_change/")

    assert answer.headers["Location"] == "/accounts/password/change/"


def test_every_page_opens_for_staff_under_the_strict_policy(clara_client, something_of_everything):
    pages = [page for model in models().values() for page in pages_of(model)]
    assert len(pages) == len(models()) * 3 - 2  # no task has failed

    others = ["", "downloads/", "accounts/user/add/", "accounts/apikey/add/"]
    for address in [*pages, *(f"/admin/{path}" for path in others)]:
        answer = clara_client.get(address, follow=True)  # a list of one row leads to the row
        text = answer.content.decode()
        assert (address, answer.status_code) == (address, 200)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", text), address


def test_the_console_says_how_the_installation_is(clara_client, ana, bruno):
    now = timezone.now()
    make_download(ana, available_at=now - timedelta(minutes=7))
    make_download(bruno, available_at=now + timedelta(hours=1))
    make_download(bruno, status=Status.RUNNING)
    for _ in range(2):
        make_download(ana, status=Status.FAILED)
    make_download(bruno, status=Status.FAILED, error_code="disk.full")
    make_download(
        bruno, status=Status.FAILED, error_code="internal", finished_at=now - timedelta(days=8)
    )
    WorkerHeartbeat.objects.create(holder="a", node="one", pid=1, slots=10, busy=3, seen_at=now)
    WorkerHeartbeat.objects.create(
        holder="b", node="two", pid=2, slots=10, seen_at=now - timedelta(seconds=40)
    )

    console = clara_client.get("/admin/").context["console"]

    assert {state.code: state.number for state in console.states} == {
        "queued": 2,
        "running": 1,
        "completed": 0,
        "failed": 4,
        "cancelled": 0,
    }
    assert console.waiting_since == now - timedelta(minutes=7)
    assert [(worker.node, worker.busy, worker.is_silent) for worker in console.workers] == [
        ("one", 3, False),
        ("two", 0, True),
    ]
    assert [(group.code, group.count) for group in console.failures] == [
        ("source.private", 2),
        ("disk.full", 1),
    ]
    assert console.free_bytes > 0


def test_the_console_leads_to_the_downloads_behind_a_figure(clara_client, ana):
    failed = make_download(ana, status=Status.FAILED)
    make_download(ana)
    shown = clara_client.get("/admin/").content.decode()
    links = re.findall(r'href="(/admin/downloads/download/\?[^"]*failed[^"]*)"', shown)

    assert len(links) == 2
    for link in links:
        answer = clara_client.get(link.replace("&amp;", "&"))
        assert list(answer.context["cl"].result_list) == [failed]


def test_an_empty_console_says_what_to_do(clara_client):
    shown = clara_client.get("/admin/").content.decode()

    assert "No worker runs." in shown
    assert "nobody waits" in shown
    assert "Nothing failed." in shown


def test_the_console_takes_as_many_queries_for_many_downloads_as_for_none(
    clara_client, ana, django_assert_max_num_queries
):
    with django_assert_max_num_queries(18) as few:
        clara_client.get("/admin/")
    for _ in range(10):
        make_download(ana, status=Status.FAILED)
        make_download(ana)

    with django_assert_max_num_queries(len(few)):
        clara_client.get("/admin/")


def test_the_tasks_that_broke_are_named_in_the_readers_language(clara, clara_client):
    clara.language = "pt-br"
    clara.save()
    now = timezone.now()
    Failure.objects.create(
        id="a" * 32,
        name="drain",
        func="downloads.tasks.drain",
        started=now,
        stopped=now,
        success=False,
    )

    index = clara_client.get("/admin/").content.decode()
    listed = clara_client.get("/admin/django_q/failure/").content.decode()

    assert "Tarefas em segundo plano" in index
    assert "Tarefas com falha" in index
    assert "downloads.tasks.drain" in listed
    for page in (index, listed):
        assert "Django Q" not in page
        assert "Failed task" not in page
