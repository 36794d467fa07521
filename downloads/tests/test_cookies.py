"""Cookies of a site: given by their owner, carried to that site alone, shown to nobody."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.jobs.runner import Runner
from core.models import Event
from downloads.models import CookieJar, Download, Transition
from downloads.selectors.cookies import in_use
from downloads.services.cookies import change_jar, of_visit
from downloads.services.listing import request_listing
from downloads.services.running import DOWNLOADS
from downloads.tests.build import make_download, make_jar
from downloads.tests.looking import look, outside
from sandbox.playground import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["outside"]

CANARY = "canary-9f2c71e4"
PAGE = "http://videos.example/page.html"
ENDS = 4_102_444_800  # 2100


def row(domain: str, name: str = "SID", value: str = CANARY, *, expires: int = ENDS) -> str:
    return f"{domain}\tTRUE\t/\tFALSE\t{expires}\t{name}\t{value}\n"


def save(client: Client, content: str, **more: str):
    body = json.dumps({"content": content, **more})
    return client.post("/api/v1/cookies", body, content_type="application/json")


def change(client: Client, jar: CookieJar, **change):
    path = f"/api/v1/cookies/{jar.pk}"
    return client.patch(path, json.dumps(change), content_type="application/json")


def carried(sandbox: Sandbox) -> dict[str, set[str | None]]:
    """Which hosts were sent which cookies."""
    sent: dict[str, set[str | None]] = {}
    for entry in sandbox.log.requests():
        headers = {name.lower(): value for name, value in entry.headers.items()}
        host = urlsplit(entry.url).hostname or ""
        sent.setdefault(host, set()).add(headers.get("cookie"))
    return sent


def work(owner: User, url: str) -> Download:
    download = make_download(owner, url=url, source="web", source_key=url)
    Runner(DOWNLOADS, slots=1).drain()
    download.refresh_from_db()
    return download


def test_what_is_given_is_kept_and_not_shown(ana_client: Client, ana: User):
    answer = save(ana_client, f"# Netscape HTTP Cookie File\n{row('.videos.example')}")

    assert answer.status_code == 201
    told = answer.json()
    assert (told["site"], told["number"], told["state"]) == ("videos.example", 1, "good")
    assert told["expires_at"] == "2100-01-01T00:00:00Z"
    for path in ("/api/v1/cookies", f"/api/v1/cookies/{told['id']}", "/downloads/cookies"):
        shown = ana_client.get(path)
        assert shown.status_code == 200
        assert CANARY not in shown.content.decode()
    assert of_visit(owner_id=ana.pk, url=PAGE)[0]["value"] == CANARY


def test_the_database_holds_no_plain_cookie(ana_client: Client):
    save(ana_client, row(".videos.example"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM downloads_cookiejar")
        (sealed,) = cursor.fetchone()
    assert CANARY not in sealed


def test_only_the_cookies_of_one_site_are_kept(ana_client: Client, ana: User):
    content = row(".youtube.com") + row("accounts.google.com", value="not-asked-for")

    refused = save(ana_client, content)
    assert (refused.status_code, refused.json()["code"]) == (400, "several_sites")
    assert not CookieJar.objects.exists()

    assert save(ana_client, content, site="www.YouTube.com").json()["number"] == 1
    found = of_visit(owner_id=ana.pk, url="https://www.youtube.com/watch?v=okvideo0001")
    assert [one["value"] for one in found] == [CANARY]
    assert of_visit(owner_id=ana.pk, url="https://notyoutube.com/") == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no cookies at all",
        row("localhost"),
        row(".videos.example", expires=1_000_000_000),
        row(".videos.example").replace("\t", "    "),
        row(".videos.example", value="two\x01lines"),
    ],
)
def test_what_is_no_export_is_refused(ana_client: Client, content: str):
    answer = save(ana_client, content)

    assert answer.status_code == 400
    assert not CookieJar.objects.exists()


@pytest.mark.parametrize("site", ["com", "com.br", "localhost", "127.0.0.1", "a b.com", "-"])
def test_a_name_that_nobody_owns_is_no_site(ana_client: Client, site: str):
    answer = save(ana_client, row(".escola.com.br"), site=site)

    assert answer.status_code == 400
    assert not CookieJar.objects.exists()


def test_nobody_fills_the_database_with_cookies(ana_client: Client, ana: User, monkeypatch):
    monkeypatch.setattr("downloads.services.cookies.MOST_SITES", 1)
    make_jar(ana, "videos.example", value="old")

    refused = save(ana_client, row(".escola.com.br"))
    fresh = save(ana_client, row(".videos.example"))

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_sites")
    assert fresh.status_code == 200
    form = {"content": row(".escola.com.br"), "site": ""}
    assert ana_client.post("/downloads/cookies", form).status_code == 422


def test_a_visit_loads_the_cookies_of_its_own_site_alone(ana: User):
    for site in ("videos.example", "escola.com.br", "com"):
        CookieJar.objects.create(owner=ana, site=site, secrets={"cookies": []})

    with CaptureQueriesContext(connection) as asked:
        found = in_use(owner_id=ana.pk, host="a.videos.example")

    assert [jar.site for jar in found] == ["videos.example"]
    assert "'videos.example'" in asked[0]["sql"]


def test_fresh_ones_take_the_place_of_the_old(ana_client: Client, ana: User):
    old = make_jar(ana, "videos.example", value="old")
    CookieJar.objects.filter(pk=old.pk).update(refused_at=timezone.now(), enabled=False)

    answer = save(ana_client, row("videos.example"))

    assert (answer.status_code, answer.json()["id"]) == (200, old.pk)
    assert (answer.json()["state"], CookieJar.objects.count()) == ("good", 1)
    assert of_visit(owner_id=ana.pk, url=PAGE)[0]["value"] == CANARY


def test_they_can_be_turned_off_and_on(ana_client: Client, ana: User):
    jar = make_jar(ana, "videos.example")

    assert change(ana_client, jar, enabled=False).json()["state"] == "off"
    assert of_visit(owner_id=ana.pk, url=PAGE) == []
    assert change(ana_client, jar, enabled=True).json()["state"] == "good"


def test_nobody_else_puts_cookies_in_their_place(ana: User, clara_client: Client):
    jar = make_jar(ana, "videos.example", value="hers")

    answer = change(clara_client, jar, content=row("videos.example"))

    assert answer.status_code == 404
    assert of_visit(owner_id=ana.pk, url=PAGE)[0]["value"] == "hers"


def test_a_secret_moved_to_another_row_opens_nothing(ana: User, bruno: User):
    make_jar(ana, "videos.example", value=CANARY)
    his = make_jar(bruno, "videos.example", value="his")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE downloads_cookiejar SET secrets = "
            "(SELECT secrets FROM downloads_cookiejar WHERE owner_id = %s) WHERE id = %s",
            [ana.pk, his.pk],
        )

    assert of_visit(owner_id=bruno.pk, url=PAGE) == []


def test_keys_can_be_changed(ana: User, settings):
    jar = make_jar(ana, "videos.example", value=CANARY)
    before = jar.secrets["cookies"]
    fresh = Fernet.generate_key()
    settings.ENCRYPTION_KEYS = [fresh, *settings.ENCRYPTION_KEYS]
    call_command("rotate_keys")
    settings.ENCRYPTION_KEYS = [fresh]

    assert of_visit(owner_id=ana.pk, url=PAGE) == before


def test_a_download_carries_them_to_their_site_and_nowhere_else(
    ana: User, outside: Sandbox, caplog, settings
):
    make_jar(ana, "videos.example", value=CANARY)
    caplog.set_level(logging.DEBUG)

    done = work(ana, PAGE)

    assert (done.status, done.error_detail) == ("completed", "")
    sent = carried(outside)
    assert sent["videos.example"] == {f"SID={CANARY}"}
    assert {cookie for host in sent if host != "videos.example" for cookie in sent[host]} <= {None}
    assert CookieJar.objects.get().last_used_at
    assert CANARY not in caplog.text
    told = [*Event.objects.values_list("data"), *Transition.objects.values_list("reason")]
    assert CANARY not in str(told)
    for root in (settings.RUN_DIR, settings.MEDIA_ROOT):
        for path in Path(root).rglob("*"):
            if path.is_file() and not path.is_symlink():
                assert CANARY.encode() not in path.read_bytes(), path


def test_a_download_of_somebody_else_carries_none(ana: User, bruno: User, outside: Sandbox):
    make_jar(ana, "videos.example", value=CANARY)

    assert work(bruno, PAGE).status == "completed"

    assert carried(outside)["videos.example"] == {None}


def test_after_a_redirect_the_other_host_gets_none(ana: User, outside: Sandbox):
    make_jar(ana, "bad.example", value=CANARY)

    work(ana, "http://bad.example/redir/x?to=http://videos.example/page.html")

    sent = carried(outside)
    assert f"SID={CANARY}" in sent["bad.example"]
    assert sent["videos.example"] == {None}


def test_a_look_carries_them_too(ana: User, outside: Sandbox):
    make_jar(ana, "videos.example", value=CANARY)

    assert look(request_listing(by=ana, url=PAGE)).status == "completed"

    assert carried(outside)["videos.example"] == {f"SID={CANARY}"}


def test_a_site_that_wants_a_sign_in_again_has_refused_them(ana: User, bruno: User, outside):
    jar, his = make_jar(ana, "youtube.com"), make_jar(bruno, "youtube.com")

    failed = look(request_listing(by=ana, url="https://www.youtube.com/watch?v=members0000"))

    assert failed.error_code in {"source.login_required", "source.age_restricted"}
    jar.refresh_from_db()
    his.refresh_from_db()
    assert (jar.refused_at is not None, his.refused_at) == (True, None)


def test_old_and_expired_ones_say_so(ana_client: Client, ana: User):
    jar = make_jar(ana)
    states = []
    for change_of in (
        {"created_at": timezone.now() - timedelta(days=61)},
        {"refused_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(days=1)},
        {"enabled": False},
    ):
        CookieJar.objects.filter(pk=jar.pk).update(**change_of)
        states.append(ana_client.get(f"/api/v1/cookies/{jar.pk}").json()["state"])

    assert states == ["old", "refused", "expired", "off"]
    change_jar(by=ana, jar=jar, content=row(".youtube.com"))
    assert ana_client.get(f"/api/v1/cookies/{jar.pk}").json()["state"] == "good"
