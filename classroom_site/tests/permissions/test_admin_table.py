"""Every page and action of the back office, by staff with the power and by everybody without."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import transaction
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.roles import Power
from classroom_site.tests.permissions.asking import ask
from classroom_site.tests.permissions.routes import routes
from classroom_site.tests.permissions.rules import Row
from classroom_site.tests.permissions.stage import by_session, make_root, make_staff
from classroom_site.tests.permissions.table_admin import INSIDE, OTHERS, TABLE, Pages
from classroom_site.tests.test_admin_site import something_of_everything

__all__ = ["something_of_everything"]
SITE = {model._meta.label: page for model, page in admin.site._registry.items()}
PLAIN, FORM = Row("", {}), Row("", {}, body="")
LED_AWAY, REFUSED, SHOWN = 302, 403, 200
pytestmark = pytest.mark.usefixtures("google_away", "no_limits")


def base_of(label: str) -> str:
    app, _dot, name = label.lower().partition(".")
    return f"/admin/{app}/{name}/"


def pages_of(label: str, pages: Pages) -> dict[str, int]:
    """What who may look gets of each page."""
    base, row = base_of(label), SITE[label].model._default_manager.order_by("pk").first()
    shown = {base: SHOWN, f"{base}add/": SHOWN if pages.adds else REFUSED}
    if row is None:
        return shown
    one = f"{base}{quote(row.pk)}/"
    may_delete = SHOWN if pages.deletes else REFUSED
    return shown | {f"{one}change/": SHOWN, f"{one}history/": SHOWN, f"{one}delete/": may_delete}


def asked(client: Client, path: str, *, method: str = "GET", form: str = "") -> tuple[int, object]:
    answer = ask(client, f"{method} x", path, Row("", {}, body=form) if form else PLAIN)
    return answer.status, answer.changed


def wrong(client: Client, wanted: dict[str, int]) -> list[str]:
    found = []
    for path, status in wanted.items():
        got, _changed = asked(client, path)
        # A list of one row leads to it, and the table of one row to that.
        if got != status and not (status == SHOWN and got == LED_AWAY and path.count("/") == 4):
            found.append(f"GET {path}: {got}, and the table says {status}")
    return found


def may_not(client: Client, label: str, pages: Pages, status: int) -> list[str]:
    """Nothing of it is shown, and nothing of it works."""
    everything = pages_of(label, pages)
    found = wrong(client, dict.fromkeys(everything, status))
    sent = [f"action={name}&_selected_action=1" for name in pages.actions] or ["action=x"]
    for form in sent:
        if (got := asked(client, base_of(label), method="POST", form=form)) != (status, set()):
            found.append(f"POST {form}: {got}")
    for path in [one for one in everything if one != base_of(label)]:
        if (got := asked(client, path, method="POST", form="post=yes")) != (status, set()):
            found.append(f"POST {path}: {got}")
    return found


@pytest.mark.parametrize("label", TABLE)
def test_staff_with_the_power_see_it_and_no_one_else_does(
    label, something_of_everything, anonymous, ana_client
):
    pages = TABLE[label]
    others = [one for one in Power if one not in {pages.needs, *pages.also}]

    assert may_not(anonymous, label, pages, LED_AWAY) == []
    assert may_not(ana_client, label, pages, LED_AWAY) == []  # to where they are refused
    assert may_not(by_session(make_staff(*others)), label, pages, REFUSED) == []
    User.objects.get(username="staff").delete()
    assert wrong(by_session(make_staff(pages.needs)), pages_of(label, pages)) == []
    assert wrong(by_session(make_root()), pages_of(label, pages)) == []


@pytest.mark.parametrize("label", TABLE)
def test_what_a_page_does_not_offer_cannot_be_sent_to_it(label, something_of_everything):
    pages, root = TABLE[label], by_session(make_root())
    paths = [path for path, status in pages_of(label, pages).items() if status == REFUSED]
    if not pages.changes:
        paths += [path for path in pages_of(label, pages) if path.endswith("/change/")]

    for path in paths:
        assert asked(root, path, method="POST", form="post=yes") == (REFUSED, set()), path


@pytest.mark.parametrize("label", TABLE)
def test_each_action_is_offered_to_those_who_have_its_power(db, label):
    pages = TABLE[label]

    for power in (pages.needs, *pages.also):
        with transaction.atomic():
            request = RequestFactory().get("/")
            request.user = make_staff(power)
            offered = set(SITE[label].get_actions(request)) - {"delete_selected"}
            assert offered == {name for name, needed in pages.actions.items() if needed == power}
            assert pages.deletes or "delete_selected" not in SITE[label].get_actions(request)
            transaction.set_rollback(True)


@pytest.mark.parametrize("operation", OTHERS)
def test_the_other_pages_let_in_whom_they_should(operation, anonymous, ana_client, db):
    needed, (method, path) = OTHERS[operation], operation.split(" ")
    path = path.format(app_label="library")
    lacking = [power for power in Power if power != needed] if needed else []

    for stranger in (anonymous, ana_client):
        assert asked(stranger, path, method=method) == (LED_AWAY, set())
    if needed:
        status, changed = asked(by_session(make_staff(*lacking)), path, method=method)
        assert (status in {REFUSED, 404}, changed) == (True, set())
        User.objects.get(username="staff").delete()
    staff = by_session(make_staff(*filter(None, [needed])))
    assert asked(staff, path, method=method)[0] in {SHOWN, LED_AWAY}


def test_every_table_of_the_back_office_is_in_the_table():
    assert set(SITE) == set(TABLE)
    assert {label: getattr(page, "needs", None) for label, page in SITE.items()} == {
        label: pages.needs for label, pages in TABLE.items()
    }


def test_every_address_of_the_back_office_is_in_the_table():
    of_models = {
        f"{base_of(label)}{rest}"
        for label in TABLE
        for rest in ("", "add/", *(f"{{object_id}}/{do}" for do in OF_ROW))
    }
    others = {one.partition(" ")[2] for one in OTHERS}
    left = {
        route.path
        for route in routes()
        if route.path.startswith("/admin/")
        and route.path not in of_models | others
        and not any(re.fullmatch(re.sub(r"[{}]", r"\\\g<0>", one), route.path) for one in INSIDE)
    }

    assert left == set()


OF_ROW = ("", "change/", "history/", "delete/")
