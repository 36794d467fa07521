"""Google accounts over the API: whose, in what state, checked, renewed, disconnected."""

import pytest
from django.test import Client

from accounts.google.scopes import Bundle, to_ask_for
from accounts.models import Credential, CredentialStatus
from accounts.services import api_keys
from accounts.tests.build import make_credential

CREDENTIALS = "/api/v1/credentials"
ABILITIES = [
    "list_courses",
    "coursework_teacher",
    "coursework_student",
    "materials",
    "announcements",
    "topics",
]
SCOPES = to_ask_for([Bundle.CLASSROOM])


def client_with(owner, *scopes: str) -> Client:
    _key, secret = api_keys.create_api_key(by=owner, owner=owner, name="portal", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def reader(ana) -> Client:
    return client_with(ana, "credentials:read")


@pytest.fixture
def writer(ana) -> Client:
    return client_with(ana, "credentials:read", "credentials:write")


def ask(client: Client, number: int, what: str):
    """The endpoints that take no body."""
    return client.post(f"{CREDENTIALS}/{number}/{what}", content_type="application/json")


def connected(google, owner, email="ana@escola.example", bundles=(Bundle.CLASSROOM,), **over):
    """An account that the sandbox's Google knows, with tokens it gave."""
    google.user(email, "Ana Lima", hd="escola.example")
    scopes = to_ask_for(bundles)
    return make_credential(
        owner,
        email=email,
        google_sub=google.users[email].sub,
        bundles=bundles,
        access_token=google.issue(email, scopes),
        refresh_token=google.new_refresh(email, scopes),
        **over,
    )


def test_an_account_is_told_in_full_and_without_a_secret(reader, ana):
    credential = make_credential(
        ana, email="ana@escola.example", name="Ana Lima", tenant_id="azul", access_token="ya29.x"
    )

    told = reader.get(f"{CREDENTIALS}/{credential.pk}")

    assert told.status_code == 200
    answer = told.json()
    times = {name: answer.pop(name) for name in ("expires_at", "connected_at")}
    assert all(moment.endswith("Z") for moment in times.values())
    assert answer == {
        "id": credential.pk,
        "tenant_id": "azul",
        "email": "ana@escola.example",
        "name": "Ana Lima",
        "hosted_domain": None,
        "status": "active",
        "is_active": True,
        "scopes": sorted(SCOPES),
        "capabilities": ABILITIES,
        "missing": ["rosters", "drive_read", "drive_upload"],
        "last_refreshed_at": None,
        "last_used_at": None,
    }
    assert b"ya29" not in told.content


def test_the_list_is_ones_own_and_filtered_by_tenant_and_state(reader, ana, bruno):
    first = make_credential(ana, tenant_id="azul")
    second = make_credential(ana, tenant_id="verde", status=CredentialStatus.NEEDS_CONSENT)
    make_credential(ana, tenant_id="verde", status=CredentialStatus.REVOKED, secrets=None)
    make_credential(bruno, tenant_id="azul")

    def found(query=""):
        answer = reader.get(f"{CREDENTIALS}{query}").json()
        return [one["id"] for one in answer["results"]], answer["total"]

    assert found() == ([second.pk, first.pk], 2)
    assert found("?tenant_id=azul") == ([first.pk], 1)
    assert found("?status=needs_consent") == ([second.pk], 1)
    assert found("?limit=1&offset=1") == ([first.pk], 2)
    assert found("?status=revoked") == ([], 0)


def test_staff_see_everybodys_also_disconnected_ones(clara_client, ana, bruno):
    make_credential(ana)
    make_credential(bruno, status=CredentialStatus.REVOKED, secrets=None)

    assert clara_client.get(CREDENTIALS).json()["total"] == 2


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    ana_client, ana, django_assert_num_queries
):
    make_credential(ana)
    with django_assert_num_queries(4):
        ana_client.get(CREDENTIALS)
    for _ in range(20):
        make_credential(ana)
    with django_assert_num_queries(4):
        assert ana_client.get(CREDENTIALS).json()["total"] == 21


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("delete", ""),
        ("post", "/check"),
        ("post", "/refresh"),
    ],
)
def test_another_teachers_account_is_as_if_it_did_not_exist(
    google, bruno_client, ana, method, path
):
    credential = connected(google, ana)

    def asked(number):
        answer = getattr(bruno_client, method)(f"{CREDENTIALS}/{number}{path}")
        return answer.status_code, answer.json() | {"request_id": ""}

    assert asked(credential.pk) == asked(credential.pk + 1000)
    assert asked(credential.pk)[0] == 404
    assert Credential.objects.get(pk=credential.pk).status == "active"
    assert google.log == []


def test_a_key_that_may_read_may_change_nothing(google, reader, ana):
    credential = connected(google, ana)

    for answer in (
        reader.delete(f"{CREDENTIALS}/{credential.pk}"),
        reader.post(f"{CREDENTIALS}/{credential.pk}/check"),
        reader.post(f"{CREDENTIALS}/{credential.pk}/refresh"),
        reader.post(f"{CREDENTIALS}/import", {"refresh_token": "1//x"}, "application/json"),
        reader.post(f"{CREDENTIALS}/connect-links", {}, "application/json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert Credential.objects.get().status == "active"
    assert google.log == []


def test_check_reads_from_google_what_the_account_may(google, writer, ana):
    credential = connected(
        google, ana, bundles=[Bundle.CLASSROOM, Bundle.DRIVE], granted_scopes=["openid"]
    )

    told = ask(writer, credential.pk, "check").json()

    assert told["is_active"] is True
    assert told["capabilities"] == [*ABILITIES, "drive_read"]


def test_check_of_a_grant_that_is_gone_says_that_it_needs_consent(google, writer, ana):
    credential = connected(google, ana)
    google.revoke_grant("ana@escola.example")

    answer = ask(writer, credential.pk, "check")

    assert answer.status_code == 200
    told = answer.json()
    assert (told["status"], told["is_active"]) == ("needs_consent", False)


def test_refresh_takes_a_new_token_and_tells_none(google, writer, ana):
    credential = connected(google, ana)
    before = Credential.objects.get().secrets["access_token"]

    answer = ask(writer, credential.pk, "refresh")

    after = Credential.objects.get().secrets["access_token"]
    assert answer.status_code == 200
    assert answer.json()["last_refreshed_at"] is not None
    assert after != before
    for token in google.tokens():
        assert token not in answer.content.decode()


def test_google_that_does_not_answer_is_said_to_be_away(google, writer, ana):
    credential = connected(google, ana)
    google.fail("/token", "html502", times=-1)

    answer = ask(writer, credential.pk, "refresh")

    assert (answer.status_code, answer.json()["code"]) == (503, "google_unreachable")
    assert Credential.objects.get().status == "active"


def test_disconnecting_forgets_the_tokens_and_tells_google(google, writer, ana):
    credential = connected(google, ana)

    answer = writer.delete(f"{CREDENTIALS}/{credential.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    kept = Credential.objects.get()
    assert (kept.status, kept.secrets) == ("revoked", None)
    assert google.calls("/revoke") == 1
    assert writer.get(f"{CREDENTIALS}/{credential.pk}").status_code == 404


def test_a_body_has_no_fields_of_its_own_making(google, writer, ana):
    credential = connected(google, ana)

    answer = writer.post(
        f"{CREDENTIALS}/{credential.pk}/check", {"force": True}, "application/json"
    )

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "force")
    assert google.log == []
