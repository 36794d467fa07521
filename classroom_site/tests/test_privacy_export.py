"""What a person takes out: everything of theirs, nothing of others, and no secret."""

import json

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client

from accounts.deeds import Deed
from accounts.models import AuditEntry, User
from accounts.services import api_keys
from classroom_site.tests.holdings import fill, make_person, rows_of, unzipped
from conftest import received
from core import privacy
from core.crypto import EncryptedJSONField

OWN = "/api/v1/auth/profile/export"

# What no export may ever hold, whichever app makes the column.
SECRETS = {
    "password", "digest", "secrets", "auth_hash", "refresh_id", "previous_id", "session_key",
    "token", "body",
}  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def taken_out(client: Client, address: str = OWN) -> dict:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/zip"
    return unzipped(received(answer))


def shares() -> list[privacy.Share]:
    return [share for data in privacy.everything() for share in data.shares]


def kept_back() -> dict[str, str]:
    found: dict[str, str] = {}
    for data in privacy.everything():
        found |= data.kept_back
    return found


def leads_to_people() -> set[str]:
    """Every table with a way to a person: by keys of any depth, or by a number of theirs."""
    known: set[type[Model]] = {User}
    while more := {
        model
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if model not in known
        and (field.related_model in known or field.name in {"owner_id", "actor_id", "user_id"})
    }:
        known |= more
    return {model._meta.label for model in known}


def test_every_table_that_leads_to_a_person_is_exported_or_says_why_not():
    exported = {share.model._meta.label for share in shares()}

    assert leads_to_people() - exported == set(kept_back())
    assert all(len(why) > 10 for why in kept_back().values())


def test_every_column_is_exported_or_named_as_kept_here():
    for share in shares():
        fields = share.model._meta.concrete_fields
        sealed = {one.attname for one in fields if isinstance(one, EncryptedJSONField)}
        rest = {one.attname for one in fields} - set(share.columns) - sealed
        assert rest == set(share.but), share.name
        assert not set(share.columns) & SECRETS, share.name
    assert len({share.name for share in shares()}) == len(shares())


@pytest.mark.django_db
def test_an_export_holds_every_row_that_leads_to_the_person():
    ana = fill(make_person("kanarie"))
    held = taken_out(signed_in(ana))
    by_label = {share.model._meta.label: share for share in shares()}

    for label, rows in rows_of(ana).items():
        if label in kept_back():
            continue
        exported = held[f"{by_label[label].name}.json"]
        assert {row["id"] for row in exported} >= {row["id"] for row in rows}, label
    empty = {name for name, rows in held.items() if name.endswith(".json") and not rows}
    assert empty == {"deeds_of_others.json"}


@pytest.mark.django_db
def test_the_manifest_counts_the_rows_and_letters_in_two_languages_name_every_file():
    ana = fill(make_person("kanarie"))
    held = taken_out(signed_in(ana))
    manifest = held.pop("manifest.json")
    letters = [held.pop("README.txt"), held.pop("LEIA-ME.txt")]

    assert manifest["files"] == {name: len(rows) for name, rows in held.items()}
    assert manifest["username"] == "kanarie"
    for letter in letters:
        assert all(name in letter for name in held)
        assert "kanarie Lima" in letter


@pytest.mark.django_db
def test_an_export_holds_no_secret_and_nothing_of_anybody_else():
    ana, bruno = fill(make_person("kanarie")), fill(make_person("papagei"))
    text = json.dumps(taken_out(signed_in(ana)))

    assert "kanarie lesson" in text
    assert "papagei" not in text
    assert "secret-" not in text
    assert ana.password not in text
    assert json.dumps(taken_out(signed_in(bruno))).count("kanarie") == 0


@pytest.mark.django_db
def test_staff_who_did_something_are_not_named_to_the_person():
    ana = make_person("kanarie")
    staff = make_person("clerk")
    AuditEntry.objects.create(
        action=Deed.USER_CHANGED, actor_id=staff.pk, actor_name="clerk", address="192.0.2.5",
        means="admin", owner_id=ana.pk,
    )  # fmt: skip
    (deed,) = taken_out(signed_in(ana))["deeds_of_others.json"]

    assert deed["action"] == "user.changed"
    assert not {"actor_name", "actor_id", "address", "agent"} & deed.keys()


@pytest.mark.django_db
def test_an_export_is_audited_with_who_took_it(clara):
    ana = make_person("kanarie")
    taken_out(signed_in(clara), f"/api/v1/auth/users/{ana.pk}/export")

    entry = AuditEntry.objects.get(action=Deed.USER_EXPORTED)
    assert (entry.actor_name, entry.target_id, entry.owner_id) == ("clara", str(ana.pk), ana.pk)


@pytest.mark.django_db
def test_a_teacher_gets_nobody_elses_export(ana, bruno, bruno_client):
    answer = bruno_client.get(f"/api/v1/auth/users/{ana.pk}/export")

    assert answer.status_code == 403
    assert not AuditEntry.objects.filter(action=Deed.USER_EXPORTED).exists()


@pytest.mark.django_db
def test_a_key_gets_no_export_whatever_its_scopes(ana):
    secret = api_keys.create_api_key(by=ana, owner=ana, name="k", scopes=["library:read"])[1]
    client = Client(headers={"Authorization": f"Bearer {secret}"})

    assert client.get(OWN).status_code == 403
    assert client.delete("/api/v1/auth/profile", {}, "application/json").status_code == 403
    assert User.objects.get(pk=ana.pk).is_active


@pytest.mark.django_db
def test_the_profile_page_has_a_button_for_it(ana):
    client = signed_in(ana)
    page = client.get("/profile").content.decode()
    answer = client.post("/profile/export")

    assert 'action="/profile/export"' in page
    assert 'href="/profile/erase"' in page
    assert answer["Content-Disposition"].startswith('attachment; filename="ana-')
    assert unzipped(received(answer))["account.json"][0]["username"] == "ana"
    assert client.get("/profile/export").status_code == 405
    assert Client().post("/profile/export").status_code == 302


@pytest.mark.django_db
def test_rows_are_read_page_by_page(ana, django_assert_num_queries, monkeypatch):
    share = next(one for one in shares() if one.name == "videos")
    from library.tests.build import make_video

    for _ in range(5):
        make_video(ana)
    small = privacy.Share("videos", "", share.rows, share.but, share.more, at_once=2)
    with django_assert_num_queries(3):
        pages = list(small.read(ana.pk))
    assert [len(page) for page in pages] == [2, 2, 1]
