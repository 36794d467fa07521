"""The console's failures: each cause once, and all of it tried again with one button."""

import re

import pytest

from accounts.tests.build import make_credential
from core.models import Status
from downloads.models import Download
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db

RETRY = "/admin/retry-failures/"


def failed(owner, code="network.timeout", host="a.example", **over):
    return make_download(owner, status=Status.FAILED, error_code=code, host=host, **over)


def forms(page: str) -> list[dict[str, str]]:
    found = re.findall(rf'<form method="post" action="{RETRY}">(.*?)</form>', page, re.DOTALL)
    fields = [re.findall(r'name="(\w+)"\s+value="([^"]*)"', form) for form in found]
    return [
        {name: value for name, value in one if name != "csrfmiddlewaretoken"} for one in fields
    ]


def test_failures_are_told_by_cause_and_account(ana, bruno, clara_client):
    account = make_credential(ana)
    for _ in range(2):
        failed(ana, credential=account)
    failed(bruno)
    failed(bruno, "disk.full")

    page = clara_client.get("/admin/")

    groups = page.context["console"].failures
    assert [(one.code, one.email, one.count) for one in groups] == [
        ("network.timeout", account.email, 2),
        ("disk.full", "", 1),
        ("network.timeout", "", 1),
    ]
    assert account.email in page.content.decode()


def test_all_of_one_row_are_tried_again_with_one_button(ana, bruno, clara_client):
    account = make_credential(ana)
    hers = [failed(ana, credential=account), failed(ana, credential=account)]
    others = [failed(ana), failed(bruno), failed(bruno, "disk.full")]
    first = forms(clara_client.get("/admin/").content.decode())[0]
    assert first["account"] == "none" or first["account"] == str(account.pk)
    wanted = {**first, "account": str(account.pk)}

    answer = clara_client.post(RETRY, wanted, follow=True)

    assert answer.redirect_chain == [("/admin/", 302)]
    assert "2 are in the queue again." in answer.content.decode()
    states = dict(Download.objects.values_list("id", "status"))
    assert {states[one.pk] for one in hers} == {Status.QUEUED}
    assert {states[one.pk] for one in others} == {Status.FAILED}


def test_the_figure_of_a_row_leads_to_its_downloads(ana, clara_client):
    inside = failed(ana, host="b.example")
    failed(ana)
    page = clara_client.get("/admin/").content.decode()
    link = re.search(r'href="(/admin/downloads/download/\?[^"]*b\.example[^"]*)"', page)
    assert link

    listed = clara_client.get(link[1].replace("&amp;", "&"))

    assert list(listed.context["cl"].result_list) == [inside]


@pytest.mark.parametrize("fields", [{}, {"error_code": "no.such"}, {"account": "x"}])
def test_what_names_no_cause_tries_nothing_again(ana, clara_client, fields):
    one = failed(ana)

    clara_client.post(RETRY, fields)

    one.refresh_from_db()
    assert one.status == Status.FAILED


def test_nobody_but_staff_and_only_by_a_post(ana, ana_client, clara_client):
    one = failed(ana)

    assert ana_client.post(RETRY, {"error_code": "network.timeout"}).status_code in {302, 403}
    assert clara_client.get(RETRY).status_code == 405
    one.refresh_from_db()
    assert one.status == Status.FAILED


def test_a_failure_is_found_by_the_reference_that_people_tell(ana, clara_client):
    download = failed(ana, "internal", run=2)
    failed(ana)

    for words in (f"d{download.pk}-2", f"internal d{download.pk}-2"):
        found = clara_client.get("/admin/downloads/download/", {"q": words})
        assert list(found.context["cl"].result_list) == [download]
