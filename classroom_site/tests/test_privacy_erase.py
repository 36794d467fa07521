"""An erased account: closed at once, gone soon after, with the neighbours as they were."""

import contextlib
import re
import tempfile
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.google.endpoints import endpoints
from accounts.models import AuditEntry, Credential, Erasure, User
from accounts.services import api_keys, erasures
from accounts.services.erasures import ERASURES
from accounts.tests.build import make_credential
from classroom_site.tests.holdings import PASSWORD, fill, make_person, rows_of, traces_of
from core import storage
from core.jobs import node
from core.jobs.lane import Lane
from core.models import Status
from courses.models import Course
from courses.tests.make import give, make_course
from downloads.models import Download, Subscription
from downloads.tests.build import make_download
from library.models import StoredFile
from library.tests.build import make_video
from sandbox import Sandbox

PROFILE = "/api/v1/auth/profile"

pytestmark = pytest.mark.django_db

committed = pytest.mark.django_db(transaction=True)  # files go when it is committed


@pytest.fixture(scope="session")
def played():
    """The media are made once per machine and kept."""
    with Sandbox(Path(tempfile.gettempdir()) / "classroom-sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def google(played, settings):
    """A Google that knows nobody, and answers nevertheless."""
    played.reset()
    played.google.clear()
    settings.GOOGLE_ROOT_URL = played.origin
    settings.GOOGLE = endpoints(played.origin)
    settings.GOOGLE_CLIENT_ID = "sandbox-client"
    settings.GOOGLE_CLIENT_SECRET = "sandbox-secret"
    return played.google


@pytest.fixture(autouse=True)
def _this_node():
    node.start()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def erase(client: Client, password: str = PASSWORD):
    return client.delete(PROFILE, {"password": password}, content_type="application/json")


def work() -> Erasure:
    assert Lane(ERASURES, holder="worker-1").run_next()
    return Erasure.objects.latest("pk")


def files() -> set[str]:
    root = storage.library_root()
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_whoever_erases_the_account_is_out_at_once(google):
    ana = fill(make_person("kanarie"))
    secret = api_keys.create_api_key(by=ana, owner=ana, name="k", scopes=["library:read"])[1]
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    other_browser, client = signed_in(ana), signed_in(ana)
    running = make_download(ana, status=Status.RUNNING)

    answer = erase(client)

    assert answer.status_code == 202, answer.content
    told = answer.json()
    assert (told["status"], told["user_id"]) == ("queued", ana.pk)
    assert told["asked_by_themselves"] is True
    assert re.fullmatch(r"erased-[0-9a-f]{12}", told["pseudonym"])
    assert other_browser.get(PROFILE).status_code in {401, 403}
    assert client.get(PROFILE).status_code in {401, 403}
    assert program.get("/api/v1/videos").status_code == 401
    assert ana.api_sessions.filter(revoked_at=None).count() == 0
    assert not Subscription.objects.filter(owner=ana, enabled=True).exists()
    assert not Download.objects.filter(owner=ana).active().exists()
    running.refresh_from_db()
    assert (running.status, running.token) == (Status.CANCELLED, "")
    assert not Client().login(username="kanarie", password=PASSWORD)


@committed
def test_nothing_of_an_erased_person_is_left_but_a_pseudonym(google):
    ana, bruno = fill(make_person("kanarie")), fill(make_person("papagei"))
    shared = make_video(bruno, content=b"same bytes")
    make_video(ana, content=b"same bytes")
    theirs, before = rows_of(bruno), files()
    erase(signed_in(ana))

    done = work()

    assert (done.status, done.error_detail, done.person) == ("completed", "", None)
    assert traces_of("kanarie", ana.email) == set()
    assert not User.objects.filter(pk=ana.pk).exists()
    assert rows_of(bruno) == theirs
    assert storage.path_of(shared.file.key).read_bytes() == b"same bytes"
    films = {key for key in files() if key.endswith("video.mp4")}
    assert films == set(StoredFile.objects.values_list("key", flat=True))
    assert len(before) > len(files()) > 0
    named = AuditEntry.objects.filter(actor_name=done.pseudonym)
    assert {"sign_in.succeeded", "user.erased"} <= set(named.values_list("action", flat=True))
    assert not AuditEntry.objects.filter(address__isnull=False, actor_name=done.pseudonym).exists()
    assert not any(path.name == str(ana.pk) for path in Path(configured.MEDIA_ROOT).rglob("*"))


def test_no_table_points_at_somebody_who_is_gone(google):
    ana = fill(make_person("kanarie"))
    number = ana.pk
    erase(signed_in(ana))
    work()

    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.name in {"owner_id", "actor_id"} or field.related_model is User:
                found = model._base_manager.filter(**{field.attname: number})
                assert not found.exists(), (model, field.name)


def test_google_is_told_to_take_the_permission_back(google):
    google.user("ana@escola.example", "Ana")
    ana = make_person("kanarie")
    scopes = ["openid"]
    refresh = google.new_refresh("ana@escola.example", scopes)
    make_credential(ana, refresh_token=refresh, google_sub="s1")
    make_credential(ana, refresh_token=refresh, google_sub="s1", tenant_id="second")
    erase(signed_in(ana))
    work()

    assert not Credential.objects.exists()
    assert google.calls("/revoke") == 1


def test_an_account_that_another_has_connected_too_goes_on_there(google):
    ana, bruno = make_person("kanarie"), make_person("papagei")
    make_credential(ana, google_sub="same")
    kept = make_credential(bruno, google_sub="same")
    erase(signed_in(ana))
    work()

    assert google.calls("/revoke") == 0
    assert Credential.objects.get().pk == kept.pk
    assert Credential.objects.get().secrets["refresh_token"].startswith("1//")


def test_while_google_is_away_the_erasure_waits_and_after_a_day_goes_on(settings, monkeypatch):
    settings.GOOGLE = endpoints("http://127.0.0.1:9")
    ana = make_person("kanarie")
    make_credential(ana)
    erase(signed_in(ana))

    waiting = work()
    assert (waiting.status, waiting.attempt) == ("queued", 0)
    assert Credential.objects.get().secrets["refresh_token"]

    Erasure.objects.update(available_at=waiting.created_at)
    monkeypatch.setattr(erasures, "PATIENCE", -erasures.PATIENCE)
    assert work().status == "completed"
    assert not User.objects.exists()


@committed
def test_an_erasure_that_is_interrupted_anywhere_is_finished_by_the_next_run(google, monkeypatch):
    ana = fill(make_person("kanarie"))
    for _ in range(3):
        make_video(ana)
    erase(signed_in(ana))
    beats = 0

    for stop_after in range(0, 60, 3):
        with contextlib.suppress(Interrupted):
            person = User.objects.filter(pk=ana.pk).first()
            if person is None:
                break
            job = Erasure.objects.get()
            ERASURES.work(job, interrupting(stop_after))
        beats += 1

    assert beats > 3
    assert traces_of("kanarie") == set()
    assert files() == set()
    assert work().status == "completed"


class Interrupted(Exception):
    pass


def interrupting(after: int):
    left = [after]

    def beat(**_fields) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Interrupted

    return beat


def test_a_wrong_password_changes_nothing():
    ana = fill(make_person("kanarie"))
    client = signed_in(ana)
    before = rows_of(ana)

    answer = erase(client, "not this one")

    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_password")
    assert rows_of(ana) == before
    assert not Erasure.objects.exists()
    assert client.get(PROFILE).status_code == 200


def test_guessing_the_password_here_is_counted_with_the_sign_in(settings):
    settings.MAX_LOGIN_ATTEMPTS = 3
    ana = make_person("kanarie")
    client = signed_in(ana)

    answers = [erase(client, f"guess {number}") for number in range(4)]

    assert [one.status_code for one in answers] == [400, 400, 400, 429]
    assert erase(client).status_code == 429
    assert User.objects.get(pk=ana.pk).is_active


def test_whoever_has_no_password_types_a_word():
    ana = make_person("kanarie")
    ana.set_unusable_password()
    ana.save()
    client = signed_in(ana)

    refused = erase(client, "yes")
    assert (refused.status_code, refused.json()["code"]) == (400, "not_confirmed")
    assert User.objects.get(pk=ana.pk).is_active
    assert erase(client, "ERASE").status_code == 202


def test_the_last_admin_stays(clara):
    clara.set_password(PASSWORD)
    clara.save()
    client = signed_in(clara)

    answer = erase(client)

    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    assert User.objects.get(pk=clara.pk).is_active
    assert not Erasure.objects.exists()


def test_staff_erase_a_teacher_and_follow_it(clara, clara_client, google):
    ana = make_person("kanarie")
    answer = clara_client.delete(f"/api/v1/auth/users/{ana.pk}")
    again = clara_client.delete(f"/api/v1/auth/users/{ana.pk}")
    number = answer.json()["id"]

    assert (answer.status_code, again.status_code) == (202, 202)
    assert again.json()["id"] == number
    assert answer.json()["asked_by_themselves"] is False
    work()
    told = clara_client.get(f"/api/v1/erasures/{number}").json()
    assert (told["status"], told["user_id"]) == ("completed", None)
    assert clara_client.get("/api/v1/erasures").json()["total"] == 1
    assert clara_client.get("/api/v1/erasures?status=failed").json()["total"] == 0
    (deed,) = AuditEntry.objects.filter(action="user.erased")
    assert (deed.actor_name, deed.target_name) == ("clara", told["pseudonym"])


def test_a_teacher_neither_erases_others_nor_sees_who_was(ana, bruno_client):
    assert bruno_client.delete(f"/api/v1/auth/users/{ana.pk}").status_code == 403
    assert bruno_client.get("/api/v1/erasures").status_code == 403
    assert bruno_client.get("/api/v1/erasures/1").status_code == 404
    assert User.objects.get(pk=ana.pk).is_active


def test_staff_who_manage_people_erase_no_other_staff(clara):
    clerk = User.objects.create_user("clerk", "clerk@example.org", PASSWORD, role="admin")
    clerk.is_staff = True
    clerk.save()
    clerk.user_permissions.add(Permission.objects.get(codename="manage_people"))

    answer = signed_in(clerk).delete(f"/api/v1/auth/users/{clara.pk}")

    assert answer.status_code == 404
    assert User.objects.get(pk=clara.pk).is_active


def test_staff_do_not_erase_themselves_without_their_password(clara, clara_client):
    User.objects.create_superuser("root", "root@example.org", PASSWORD, role="admin")
    answer = clara_client.delete(f"/api/v1/auth/users/{clara.pk}")

    assert (answer.status_code, answer.json()["code"]) == (409, "own_account")
    assert User.objects.get(pk=clara.pk).is_active


def test_an_account_that_is_being_erased_is_not_opened_again(clara_client):
    ana = make_person("kanarie")
    clara_client.delete(f"/api/v1/auth/users/{ana.pk}")
    answer = clara_client.patch(
        f"/api/v1/auth/users/{ana.pk}", {"is_active": True}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "being_erased")
    assert not User.objects.get(pk=ana.pk).is_active


def test_the_page_asks_and_then_says_goodbye():
    ana = fill(make_person("kanarie"))
    client = signed_in(ana)

    asked = client.get("/profile/erase").content.decode()
    wrong = client.post("/profile/erase", {"password": "not this one"})
    assert "2 videos are removed" in " ".join(asked.split())
    assert wrong.status_code == 400
    assert "This is not your password." in wrong.content.decode()
    assert User.objects.get(pk=ana.pk).is_active

    right = client.post("/profile/erase", {"password": PASSWORD}, follow=True)
    assert "Your account is closed" in right.content.decode()
    assert not User.objects.get(pk=ana.pk).is_active
    assert Erasure.objects.get().person == ana


def test_a_course_that_others_see_stays(google):
    ana, bruno = fill(make_person("kanarie")), fill(make_person("papagei"))
    both = make_course(ana.credentials.get(), name="Both see it")
    give(bruno.credentials.get(), both)
    erase(signed_in(ana))
    work()

    assert sorted(Course.objects.values_list("name", flat=True)) == [
        "Both see it",
        "Course of papagei",
    ]


def test_an_erasure_that_failed_is_tried_again_after_an_hour(google):
    ana = make_person("kanarie")
    erase(signed_in(ana))
    erasure = Erasure.objects.get()
    Erasure.objects.update(
        status=Status.FAILED, finished_at=erasure.created_at - erasures.AGAIN_AFTER * 2
    )
    ERASURES.plan()
    assert work().status == "completed"
