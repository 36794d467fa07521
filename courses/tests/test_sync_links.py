"""Links that say nothing by themselves: their sites are asked, once, from a guarded child."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import User
from core.children.client import ForkServer
from core.jobs import node
from courses.models import CourseMaterial, CourseVideo
from courses.services import asking
from courses.tests.build import TEACHER, make_account, synchronise
from sandbox import Sandbox
from sandbox.google import Google

pytestmark = pytest.mark.django_db(transaction=True)

FILM = "http://bad.example/nolen/aula"
PAGE = "http://videos.example/page.html"
VIMEO = "https://vimeo.com/76979871"


@pytest.fixture(scope="module")
def warm_socket() -> Iterator[Path]:
    """A fork server as a node has it."""
    with tempfile.TemporaryDirectory(prefix="cd-") as folder:
        server = ForkServer(Path(folder) / "s", ["downloads.engines.child"])
        server.start()
        yield Path(folder) / "s"
        server.stop()


@pytest.fixture
def outside(played: Sandbox, google: Google, settings, warm_socket: Path, monkeypatch) -> Sandbox:
    """The internet is the sandbox, behind a proxy."""
    settings.OUTBOUND_PROXY = played.proxy
    settings.OUTBOUND_CA_FILE = played.ca_file
    monkeypatch.setattr(node, "children_socket", lambda: warm_socket)
    google.course("101", "Matemática", TEACHER)
    return played


def post(google: Google, *urls: str, id: str = "a1") -> None:
    google.item("101", "announcements", id, text=" ".join(urls))


def asked(sandbox: Sandbox) -> list[str]:
    return [entry.url for entry in sandbox.log.requests() if entry.method == "HEAD"]


def found() -> list[tuple[str, str]]:
    return sorted(CourseVideo.objects.values_list("source", "url"))


def test_links_to_films_and_to_sites_of_videos_become_videos(
    ana: User, google: Google, outside: Sandbox
) -> None:
    post(google, FILM, VIMEO, PAGE)
    account = make_account(ana, google)
    synchronise(account)
    assert found() == [("direct", FILM), ("web", VIMEO)]
    (left,) = CourseMaterial.objects.all()
    assert (left.url, left.checked_at is None) == (PAGE, False)
    assert sorted(asked(outside)) == [FILM, PAGE]


def test_a_link_is_asked_about_once(ana: User, google: Google, outside: Sandbox) -> None:
    post(google, FILM, PAGE)
    account = make_account(ana, google)
    synchronise(account)
    post(google, FILM, PAGE, id="a2")
    google.change_item("101", "announcements", "a1", text=f"De novo: {FILM} {PAGE}")
    synchronise(account)
    synchronise(account, full=True)
    assert len(asked(outside)) == 2
    assert found() == [("direct", FILM), ("direct", FILM)]
    assert CourseMaterial.objects.count() == 2


def test_lists_channels_and_google_are_not_asked(
    ana: User, google: Google, outside: Sandbox
) -> None:
    quiet = [
        "https://www.youtube.com/playlist?list=PLabc",
        "https://docs.google.com/forms/d/x/viewform",
        "https://classroom.google.com/c/1",
    ]
    post(google, *quiet)
    synchronise(make_account(ana, google))
    assert not CourseMaterial.objects.filter(checked_at=None).exists()
    assert asked(outside) == []
    assert found() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/aula",
        "http://[::1]/aula",
        "http://2130706433/aula",
    ],
)
def test_no_link_leads_into_a_private_network(
    ana: User, google: Google, outside: Sandbox, url: str
) -> None:
    post(google, url)
    synchronise(make_account(ana, google))
    assert asked(outside) == []
    assert CourseMaterial.objects.get().checked_at is not None


def test_nor_does_it_without_a_proxy(
    ana: User, google: Google, outside: Sandbox, settings
) -> None:
    settings.OUTBOUND_PROXY = ""
    post(google, f"http://{outside.address}/bad/nolen/x")
    synchronise(make_account(ana, google))
    assert asked(outside) == []
    assert found() == []


def test_what_the_operator_allows_is_asked(
    ana: User, google: Google, outside: Sandbox, settings
) -> None:
    settings.OUTBOUND_PROXY = ""
    settings.ALLOWED_PRIVATE_ENDPOINTS = [outside.address]
    url = f"http://{outside.address}/bad/nolen/x"
    post(google, url)
    synchronise(make_account(ana, google))
    assert found() == [("direct", url)]


def test_redirects_are_followed_but_not_into_a_private_network(
    ana: User, google: Google, outside: Sandbox
) -> None:
    inside, loop = "http://127.0.0.1:1/x", "http://bad.example/loop/x"
    ways = [f"http://bad.example/redir/x?to={to}" for to in (FILM, inside)]
    post(google, *ways, loop)
    synchronise(make_account(ana, google))
    assert found() == [("direct", ways[0])]
    assert inside not in asked(outside)
    assert asked(outside).count(loop) == 6
    assert not CourseMaterial.objects.filter(checked_at=None).exists()


def test_a_host_that_does_not_answer_holds_up_nothing(
    ana: User, google: Google, outside: Sandbox, monkeypatch
) -> None:
    monkeypatch.setattr(asking, "_WALL_SECONDS", 1.0)
    post(google, "http://bad.example/noanswer/x", FILM)
    synchronise(make_account(ana, google))
    assert found() == [("direct", FILM)]
    assert not CourseMaterial.objects.filter(checked_at=None).exists()


def test_no_more_than_fifty_are_asked_at_once(ana: User, google: Google, outside: Sandbox) -> None:
    for number in range(3):
        urls = [f"http://videos.example/none/{number}-{place}" for place in range(20)]
        post(google, *urls, id=f"a{number}")
    account = make_account(ana, google)
    synchronise(account)
    assert len(asked(outside)) == asking.MOST_LINKS
    assert CourseMaterial.objects.filter(checked_at=None).count() == 10
    synchronise(account)
    assert len(asked(outside)) == 60


def test_without_a_fork_server_they_wait_for_the_next_time(
    ana: User, google: Google, outside: Sandbox, monkeypatch
) -> None:
    monkeypatch.setattr(node, "children_socket", lambda: Path("/nowhere/socket"))
    post(google, FILM)
    synchronise(make_account(ana, google))
    assert CourseMaterial.objects.get().checked_at is None
    assert found() == []
