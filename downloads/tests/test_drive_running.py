"""A teacher's private Drive files on their way into the library, from the API to the disk."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.test import Client
from django.utils import timezone

from accounts.google.endpoints import endpoints
from accounts.google.scopes import Bundle
from accounts.models import Credential, CredentialStatus, User
from accounts.services import grants
from accounts.tests.build import make_credential
from core import storage
from core.jobs import node
from core.jobs.runner import Runner
from courses.models import CourseFile, CourseMaterial
from courses.services import materials
from courses.tests import make
from downloads.models import Download
from downloads.selectors.downloads import wait_reason
from downloads.services.orders import order_of
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download
from downloads.tests.driving import READS_DRIVE, SIZE
from library.models import StoredFile, Video
from library.services import removing
from library.services.storing import Published
from sandbox.google import Google
from sandbox.google.files import File
from sandbox.playground import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)

TEACHER = "ana@escola.example"
ID = "1DriveFileThatAnaMayRead-{:012d}"


@pytest.fixture
def google(sandbox: Sandbox, settings, engine_socket: Path) -> Google:
    """The sandbox's Google, and a node whose children are forked by the tests' server."""
    settings.GOOGLE_ROOT_URL = sandbox.origin
    settings.GOOGLE = endpoints(sandbox.origin)
    settings.GOOGLE_CLIENT_ID = "sandbox-client"
    settings.GOOGLE_CLIENT_SECRET = "sandbox-secret"
    settings.ALLOWED_PRIVATE_ENDPOINTS = []
    sandbox.google.clear()
    node.start()
    node.children_socket().symlink_to(engine_socket)
    return sandbox.google


@pytest.fixture
def connected(ana: User, google: Google) -> Credential:
    return connect(ana, google, TEACHER)


def connect(owner: User, google: Google, email: str, **over: Any) -> Credential:
    return make_credential(
        owner,
        bundles=[Bundle.DRIVE],
        email=email,
        google_sub=google.known(email).sub,
        access_token=google.issue(email, READS_DRIVE),
        refresh_token=google.new_refresh(email, READS_DRIVE),
        **over,
    )


def put(google: Google, number: int = 1, **facts: Any) -> File:
    facts = {"size": SIZE, "seed": f"running-{number}", "readers": [TEACHER], **facts}
    name, mime = facts.pop("name", "Aula 1.mp4"), facts.pop("mime", "video/mp4")
    return google.file(ID.format(number), name, mime, owner="prof@escola.example", **facts)


def ask_for(client: Client, file: File) -> Download:
    url = f"https://drive.google.com/file/d/{file.id}/view"
    answer = client.post("/api/v1/downloads", {"url": url}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return Download.objects.get(pk=answer.json()["id"])


def work(download: Download) -> Download:
    """What a worker does until nothing waits any more."""
    Runner(DOWNLOADS, slots=1).drain()
    download.refresh_from_db()
    return download


def media_calls(google: Google) -> int:
    return sum("alt=media" in entry.query for entry in google.log)


def test_a_private_video_comes_home(ana_client: Client, connected, google):
    file = put(google)

    done = work(ask_for(ana_client, file))

    assert (done.status, done.error_detail) == ("completed", "")
    assert (done.credential, done.linked, done.attempt) == (connected, False, 0)
    assert (done.title, done.downloaded_bytes, done.has_thumbnail) == ("Aula 1", SIZE, True)
    assert done.video
    assert file.content
    assert done.video.file.sha256 == file.content.digest("sha256")
    assert (done.video.source, done.video.source_key) == ("drive", file.id)
    content = storage.path_of(done.video.file.key).read_bytes()
    assert hashlib.sha256(content).hexdigest() == done.video.file.sha256
    assert google.calls("/token") == 0


def test_an_expired_token_is_renewed_once(ana_client: Client, connected, google):
    Credential.objects.update(expires_at=timezone.now() - timedelta(hours=1))

    assert work(ask_for(ana_client, put(google))).status == "completed"
    assert google.calls("/token") == 1


def test_a_token_that_google_refuses_mid_way_is_renewed_once(
    ana_client: Client, connected, google
):
    google.fail("alt=media", "unauthenticated")

    assert work(ask_for(ana_client, put(google))).status == "completed"
    assert google.calls("/token") == 1


def test_a_dead_grant_parks_the_download_until_its_owner_reconnects(
    ana_client: Client, connected: Credential, google
):
    Credential.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    google.revoke_grant(TEACHER)
    download = work(ask_for(ana_client, put(google)))

    assert (download.status, download.attempt, download.handed_back) == ("queued", 0, 0)
    assert google.calls("/token") == 1
    connected.refresh_from_db()
    assert connected.status == CredentialStatus.NEEDS_CONSENT
    assert (work(download).status, google.calls("/token")) == ("queued", 1)

    tokens = google.issue(TEACHER, READS_DRIVE), google.new_refresh(TEACHER, READS_DRIVE)
    connected.secrets = grants.sealed(connected, *tokens)
    connected.status = CredentialStatus.ACTIVE
    connected.expires_at = timezone.now() + timedelta(hours=1)
    connected.save()
    assert (work(download).status, download.attempt) == ("completed", 0)


def test_a_token_endpoint_that_is_away_costs_a_pause_and_no_attempt(
    ana_client: Client, connected, google
):
    Credential.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    google.fail("/token", "unavailable", times=-1)

    download = work(ask_for(ana_client, put(google)))

    assert (download.status, download.attempt, download.handed_back) == ("queued", 0, 0)
    assert download.available_at > timezone.now() + timedelta(seconds=50)
    assert google.calls("/token") == 1


def test_nobody_is_sent_for_a_token_while_there_is_none_to_be_had(
    ana_client: Client, connected, google
):
    download = ask_for(ana_client, put(google))
    Credential.objects.update(refresh_after=timezone.now() + timedelta(seconds=20))
    assert not Download.objects.claimable().exists()
    Credential.objects.update(refresh_after=timezone.now() - timedelta(seconds=1))
    assert Download.objects.claimable().get() == download


def test_a_spent_quota_waits_for_hours(ana_client: Client, connected, google):
    google.fail("alt=media", "quota_download", times=-1)

    download = work(ask_for(ana_client, put(google)))

    assert (download.status, download.attempt) == ("queued", 0)
    assert wait_reason(download) == "retry"
    assert download.available_at > timezone.now() + timedelta(hours=11)


@pytest.mark.parametrize("error", ["no_download", "abuse"])
def test_what_will_never_work_is_tried_once(ana_client: Client, connected, google, error: str):
    google.fail("alt=media", error, times=-1)

    download = work(ask_for(ana_client, put(google)))

    assert (download.status, download.attempt) == ("failed", 1)
    assert download.error_code == "source.not_downloadable"
    assert media_calls(google) == 1


def test_no_token_is_in_the_order_the_rows_the_logs_or_the_files(
    ana_client: Client, connected, google, caplog, settings
):
    caplog.set_level("DEBUG")
    google.fail("alt=media", "unauthenticated")
    download = ask_for(ana_client, put(google))
    order = json.dumps(order_of(download, Path("/nowhere")))

    assert work(download).status == "completed"
    rows = serializers.serialize("json", [*Download.objects.all(), *Video.objects.all()])
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(google.tokens()) == 3
    for token in google.tokens():
        assert token not in order + rows + caplog.text
        assert all(token.encode() not in path.read_bytes() for path in files)


def test_googles_own_address_is_open_to_downloads_with_an_account_only(
    connected: Credential, ana: User, settings
):
    settings.GOOGLE_ROOT_URL = "http://127.0.0.1:8080"
    facts = {"source": "drive", "source_key": ID.format(1)}
    with_account = make_download(ana, credential=connected, **facts)
    without = make_download(ana, **facts)

    assert order_of(with_account, Path())["network"]["allowed"] == ["127.0.0.1:8080"]
    assert order_of(with_account, Path())["drive"]["file_id"] == ID.format(1)
    assert order_of(without, Path())["network"]["allowed"] == []
    assert order_of(without, Path())["drive"] is None


# Bytes that the library has already


def test_bytes_of_another_teacher_are_shared_once_ones_own_access_is_proved(
    ana_client: Client, bruno_client: Client, bruno: User, connected, google
):
    connect(bruno, google, "bruno@escola.example")
    both = [TEACHER, "bruno@escola.example"]
    his = work(ask_for(bruno_client, put(google, 1, seed="same", readers=both)))
    google.log.clear()

    hers = work(ask_for(ana_client, put(google, 2, seed="same", name="Frações.mp4")))

    assert (hers.status, media_calls(google)) == ("completed", 0)
    assert hers.video
    assert his.video
    assert hers.video.file == his.video.file
    assert (hers.video.title, hers.video.thumbnail_key != "") == ("Frações", True)
    assert hers.video.thumbnail_key != his.video.thumbnail_key
    assert hers.video.duration_seconds == his.video.duration_seconds
    told = ana_client.get(f"/api/v1/downloads/{hers.pk}").json()
    assert hers.linked is False  # or she would know that somebody has it
    assert "bruno" not in json.dumps(told)
    removing.remove_video(by=bruno, video=his.video)
    assert storage.path_of(hers.video.file.key).stat().st_size == SIZE


def test_ones_own_copy_under_another_id_is_said_to_be_linked(
    ana_client: Client, connected, google
):
    work(ask_for(ana_client, put(google, 1, seed="same")))
    google.log.clear()

    again = work(ask_for(ana_client, put(google, 2, seed="same")))

    assert (again.status, again.linked, media_calls(google)) == ("completed", True, 0)
    assert StoredFile.objects.count() == 1
    assert Video.objects.count() == 2


def test_who_is_not_shown_the_file_gets_nothing_of_it(
    ana_client: Client, bruno_client: Client, bruno: User, connected, google, settings, sandbox
):
    settings.OUTBOUND_PROXY, settings.OUTBOUND_CA_FILE = sandbox.proxy, sandbox.ca_file
    connect(bruno, google, "bruno@escola.example")
    his_file = put(google, readers=["bruno@escola.example"])
    work(ask_for(bruno_client, his_file))

    hers = work(ask_for(ana_client, his_file))

    assert (hers.status, hers.error_code) == ("failed", "source.private")
    assert hers.video is None


# Materials


@pytest.fixture
def order_material(ana: User, connected: Credential) -> Callable[..., Download]:
    def order(file: File, **facts: Any) -> Download:
        post = make.make_coursework(make.make_course(connected))
        material = make.make_material(post, kind="file", key=file.id, **facts)
        return make_download(
            ana,
            credential=connected,
            material=material,
            url=f"https://drive.google.com/file/d/{file.id}/view",
            source="drive",
            source_key=file.id,
            title="",
        )

    return order


def test_a_material_becomes_a_file_of_its_course(order_material, google, ana):
    content = b"%PDF-1.7 exercises"
    file = put(google, name="Lista 1.pdf", mime="application/pdf", content=content, size=None)

    done = work(order_material(file))

    assert (done.status, done.video, done.title) == ("completed", None, "Lista 1.pdf")
    assert (done.downloaded_bytes, done.progress_percent) == (len(content), 100)
    made = CourseFile.objects.get()
    assert (made.owner, made.material, made.name) == (ana, done.material, "Lista 1.pdf")
    assert made.file.content_type == "application/pdf"
    assert storage.path_of(made.file.key).read_bytes() == content
    assert Video.objects.count() == 0


def test_a_document_becomes_a_pdf(order_material, google):
    file = google.file(
        "1Document", "Plano", "application/vnd.google-apps.document", readers=[TEACHER]
    )

    assert work(order_material(file)).status == "completed"
    made = CourseFile.objects.get()
    assert made.name == "Plano.pdf"
    assert storage.path_of(made.file.key).read_bytes().startswith(b"%PDF-")


def test_a_material_fetched_again_takes_the_place_of_what_was_there(
    order_material, google, ana, connected
):
    file = put(google, name="Lista.pdf", mime="application/pdf", content=b"%PDF-old", size=None)
    first = work(order_material(file))
    old = CourseFile.objects.get().file
    google.change_file(file.id, b"%PDF-new")
    again = make_download(
        ana, credential=connected, material=first.material, source="drive", source_key=file.id
    )

    assert work(again).status == "completed"
    made = CourseFile.objects.get()
    assert storage.path_of(made.file.key).read_bytes() == b"%PDF-new"
    assert not StoredFile.objects.filter(pk=old.pk).exists()
    assert not storage.path_of(old.key).exists()


def test_bytes_that_a_material_still_needs_outlive_their_video(
    ana_client: Client, order_material, google, ana
):
    video = work(ask_for(ana_client, put(google, 1, seed="same"))).video
    assert video
    work(order_material(put(google, 2, seed="same", name="Aula.mp4")))
    stored = CourseFile.objects.get().file
    assert stored == video.file

    removing.remove_video(by=ana, video=video)

    assert storage.path_of(stored.key).stat().st_size == SIZE
    CourseFile.objects.all().delete()
    removing.remove_file(stored_id=stored.pk)
    assert not storage.path_of(stored.key).exists()
    assert StoredFile.objects.count() == 0


def test_two_materials_of_the_same_bytes_share_them(ana: User, bruno: User, connected):
    post = make.make_coursework(make.make_course(connected))
    rows: list[CourseMaterial] = [make.make_material(post, kind="file") for _ in range(2)]

    made = [
        materials.add_file(owner=owner, material=row, published=written(folder), name="a.pdf")
        for owner, row, folder in [(ana, rows[0], "t0/t1-first"), (bruno, rows[1], "t0/t2-next")]
    ]

    assert [one.file.key for one in made] == ["t0/t1-first/file.pdf"] * 2
    assert storage.path_of("t0/t1-first/file.pdf").exists()
    assert not storage.path_of("t0/t2-next").exists()


def written(folder: str) -> Published:
    path = storage.path_of(f"{folder}/file.pdf")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-same")
    sha256 = hashlib.sha256(b"%PDF-same").hexdigest()
    return Published(folder, "file.pdf", sha256, 9, "application/pdf")
