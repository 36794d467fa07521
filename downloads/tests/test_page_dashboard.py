"""The first page as teachers and staff see it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.tests.build import make_credential
from core.models import Status
from downloads.models import Download
from downloads.tests.build import make_download

pytestmark = pytest.mark.django_db

HOME = reverse("home")
BOARD = reverse("downloads:fragment-board")


def test_a_visitor_is_asked_to_sign_in_and_comes_back(anonymous):
    answer = anonymous.get(HOME)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/")


def test_a_fragment_of_somebody_signed_out_makes_the_page_load_anew(anonymous):
    answer = anonymous.get(BOARD, headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (204, "true", b"")


def test_a_new_teacher_is_welcomed_by_name_and_told_what_to_do(ana_client):
    page = ana_client.get(HOME).content.decode()

    assert "Welcome, Ana" in page
    assert "Paste a link above" in page
    assert 'id="panel-waiting"' in page
    assert "Nothing runs right now" not in page


def test_a_teacher_sees_what_runs_with_its_figures(ana, ana_client):
    make_download(
        ana,
        status=Status.RUNNING,
        title="Fractions",
        progress_percent=61.4,
        downloaded_bytes=412_000_000,
        total_bytes=671_000_000,
        speed_bytes_per_second=8_200_000,
        eta_seconds=31,
    )

    page = ana_client.get(HOME).content.decode()

    assert 'data-live="/ws/dashboard"' in page
    assert 'value="61.4"' in page
    assert 'data-field="percent">61%<' in page
    assert 'data-field="bytes">412\u00a0MB<' in page
    assert 'data-field="total">671\u00a0MB<' in page
    assert 'data-field="speed">8.2\u00a0MB/s<' in page
    assert 'data-field="eta">31\u00a0s left<' in page
    assert 'data-field="stage">Downloading<' in page
    assert 'aria-label="Progress of Fractions"' in page


def test_a_download_of_unknown_size_has_a_bar_that_promises_nothing(ana, ana_client):
    make_download(ana, status=Status.RUNNING, stage="resolving")

    page = ana_client.get(HOME).content.decode()

    assert "<progress" in page
    assert "value=" not in page[page.index("<progress") : page.index("</progress>")]


def test_a_teacher_sees_how_long_the_line_is(ana, bruno, ana_client):
    make_download(bruno)
    make_download(ana, title="Second")
    make_download(ana, title="Later", available_at=timezone.now() + timedelta(hours=1))
    make_download(
        ana,
        title="Once more",
        wait_reason="retry",
        available_at=timezone.now() + timedelta(hours=2),
    )

    page = ana_client.get(HOME).content.decode()

    assert "Number 2 in line" in page
    assert "Number 3 in line" in page
    assert "Tries again at" in page
    assert "Next in line" not in page


def test_a_teacher_sees_what_failed_and_what_to_do(ana, ana_client):
    failed = make_download(ana, status=Status.FAILED, error_code="source.private", title="Secret")

    page = ana_client.get(HOME).content.decode()

    assert "This video is private." in page
    assert "Ask its owner to share it with you, then try again." in page
    assert f'action="/downloads/{failed.pk}/retry"' in page


def test_a_finished_video_leads_to_its_player(ana, ana_client):
    download = make_download(ana, status=Status.COMPLETED, title="Ready")

    page = ana_client.get(HOME).content.decode()

    assert f'href="/library/{download.video_id}"' in page


def test_another_teacher_sees_nothing_of_it(ana, bruno_client):
    for status in Status:
        make_download(ana, status=status, title="Ana's lesson")

    for address in (HOME, BOARD):
        assert "Ana&#x27;s lesson" not in bruno_client.get(address).content.decode()


def test_staff_see_everybodys_with_names(ana, clara_client):
    make_download(ana, status=Status.CANCELLED)
    make_download(ana, title="Ana's lesson")

    page = clara_client.get(HOME).content.decode()

    assert "Ana&#x27;s lesson" in page
    assert "<span>Ana Lima</span>" in page


def test_the_board_is_the_same_eight_panels_for_htmx(ana, ana_client):
    make_download(ana)

    board = ana_client.get(BOARD, headers={"HX-Request": "true"}).content.decode()

    for name in ("queue", "running", "waiting", "attention", "going", "news", "finished", "stats"):
        assert f'id="panel-{name}"' in board
    assert board.count('hx-swap-oob="true"') == 8
    assert "<html" not in board


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    ana, ana_client, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        for status in Status:
            make_download(ana, status=status)

    with django_assert_max_num_queries(27):
        ana_client.get(BOARD)


def panel(page: str, name: str) -> str:
    part = page[page.index(f'id="panel-{name}"') :]
    return " ".join(part[: part.index("</section>")].split())


def test_needs_you_tells_each_cause_once_and_old_failures_nowhere(ana, ana_client):
    for _ in range(4):
        make_download(ana, status=Status.FAILED, host="videos.example.org")
    for code in ("disk.full", "limit.size", "limit.time"):
        make_download(ana, status=Status.FAILED, error_code=code, title=f"Too much: {code}")
    month_ago = timezone.now() - timedelta(days=30)
    make_download(
        ana,
        status=Status.FAILED,
        error_code="internal",
        started_at=month_ago,
        finished_at=month_ago,
    )

    needs = panel(ana_client.get(HOME).content.decode(), "attention")

    assert 'Needs you <span class="count">4</span>' in needs
    assert needs.count('class="attention"') == 3
    assert "4 downloads failed" in needs
    assert needs.index("4 downloads failed") < needs.index("Too much: ")
    assert "See all" in needs


def test_all_of_one_cause_are_tried_again_at_once_and_no_others(ana, bruno, ana_client):
    facts = {"status": Status.FAILED, "error_code": "network.timeout", "host": "a.example"}
    same = [make_download(ana, **facts) for _ in range(2)]
    older = timezone.now() - timedelta(days=8)
    others = [
        make_download(ana, **facts | {"error_code": "disk.full"}),
        make_download(ana, **facts | {"host": "b.example"}),
        make_download(ana, **facts, started_at=older, finished_at=older),
        make_download(ana, **facts, credential=make_credential(ana)),
        make_download(bruno, **facts),
    ]
    needs = panel(ana_client.get(HOME).content.decode(), "attention")
    form = needs[needs.index('action="/downloads/retry-found"') :]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
    fields.pop("csrfmiddlewaretoken", None)
    assert fields == {
        "error_code": "network.timeout",
        "host": "a.example",
        "account": "none",
        "days": "7",
    }

    answer = ana_client.post("/downloads/retry-found", fields, follow=True)

    assert "2 are in the queue again." in answer.content.decode()
    states = {one.pk: one.status for one in Download.objects.all()}
    assert {states[one.pk] for one in same} == {Status.QUEUED}
    assert {states[one.pk] for one in others} == {Status.FAILED}


def test_a_group_leads_to_the_list_of_what_is_in_it(ana, ana_client):
    facts = {"status": Status.FAILED, "error_code": "network.timeout"}
    for _ in range(2):
        make_download(ana, **facts, host="a.example", credential=make_credential(ana))
        make_download(ana, **facts, host="b.example", title="Elsewhere")
    inside = make_download(ana, **facts, host="c.example", title="Inside one")
    make_download(ana, **facts, host="c.example", title="Inside two")

    needs = panel(ana_client.get(HOME).content.decode(), "attention")
    link = re.search(r'href="(/downloads\?status=failed[^"]*c\.example[^"]*)"', needs)
    assert link
    listed = ana_client.get(link[1].replace("&amp;", "&")).content.decode()

    assert {"Inside one", "Inside two"} <= set(re.findall(r"Inside \w+", listed))
    assert "Elsewhere" not in listed
    assert f'href="/downloads/{inside.pk}"' in listed


@pytest.mark.parametrize("fields", [{"error_code": "no.such"}, {"account": "x"}, {"days": "0"}])
def test_a_filter_that_makes_no_sense_tries_nothing_again(ana, ana_client, fields):
    failed = make_download(ana, status=Status.FAILED)

    ana_client.post("/downloads/retry-found", fields)

    failed.refresh_from_db()
    assert failed.status == Status.FAILED


def test_staff_see_whose_failure_and_whose_video_it_is(clara, ana, clara_client):
    make_download(ana, status=Status.FAILED)
    make_download(ana, status=Status.COMPLETED)
    page = clara_client.get(HOME).content.decode()

    for name in ("attention", "finished"):
        assert "<span>Ana Lima</span>" in panel(page, name)


def test_a_teacher_is_not_told_that_it_is_hers(ana, ana_client):
    make_download(ana, status=Status.FAILED)

    assert "<span>Ana Lima</span>" not in panel(ana_client.get(HOME).content.decode(), "attention")


@pytest.mark.parametrize(("code", "named"), [("internal", True), ("source.private", False)])
def test_a_failure_has_its_reference_where_staff_are_to_be_told(ana, ana_client, code, named):
    download = make_download(ana, status=Status.FAILED, error_code=code)
    needs = panel(ana_client.get(HOME).content.decode(), "attention")

    assert (f"<code>d{download.pk}-0</code>" in needs) is named


def test_a_video_that_was_linked_again_is_shown_once(ana, ana_client):
    first = make_download(ana, status=Status.COMPLETED, title="First")
    make_download(ana, status=Status.COMPLETED, title="Again", video=first.video, linked=True)
    make_download(ana, status=Status.COMPLETED, title="Other")

    finished = panel(ana_client.get(HOME).content.decode(), "finished")

    assert finished.count('class="video-card"') == 2
    assert ">Again<" in finished
    assert ">First<" not in finished


@pytest.mark.parametrize("address", [HOME, BOARD])
def test_the_page_is_only_for_reading(ana_client, address):
    assert ana_client.post(address).status_code == 405
