"""How long a video stays: watched, kept for good, temporary, announced to go."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Event
from library.models import Video
from library.tests.build import make_video

URL = "/api/v1/videos"


def soon(**over):
    return timezone.now() + timedelta(**(over or {"days": 3}))


def page(client, address, **query) -> str:
    return " ".join(client.get(address, query).content.decode().split())


def test_playing_a_video_notes_when_it_was_watched(ana, ana_client):
    video = make_video(ana)
    begun = timezone.now()

    ana_client.get(f"/library/{video.pk}/file", headers={"Range": "bytes=0-9"})

    video.refresh_from_db()
    assert begun <= video.watched_at <= timezone.now()


def test_a_player_that_asks_part_by_part_is_noted_once(ana, ana_client, django_assert_num_queries):
    video = make_video(ana, watched_at=timezone.now() - timedelta(minutes=3))

    with django_assert_num_queries(4):  # who asks, the video and its subtitles
        ana_client.get(f"/library/{video.pk}/file", headers={"Range": "bytes=5-9"})

    before = video.watched_at
    video.refresh_from_db()
    assert video.watched_at == before


def test_watched_again_after_a_while_is_noted_again(ana, integrator):
    video = make_video(ana, watched_at=timezone.now() - timedelta(hours=1))

    integrator.get(f"{URL}/{video.pk}/file")

    before = video.watched_at
    video.refresh_from_db()
    assert video.watched_at > before + timedelta(minutes=59)


def test_looking_at_it_without_its_bytes_is_not_watching(ana, ana_client, bruno_client):
    video = make_video(ana, thumbnail=b"x")

    ana_client.head(f"/library/{video.pk}/file")
    ana_client.get(f"/library/{video.pk}")
    ana_client.get(f"/library/{video.pk}/thumbnail")
    bruno_client.get(f"/library/{video.pk}/file")

    video.refresh_from_db()
    assert video.watched_at is None


def test_a_teacher_keeps_a_video_that_would_go(ana, ana_client):
    video = make_video(ana, title="Fractions", removal_at=soon(), expires_at=soon(days=9))

    shown = page(ana_client, f"/library/{video.pk}")
    answer = ana_client.post(f"/library/{video.pk}/keep", {"pinned": "true"}, follow=True)

    assert "This video is removed on" in shown
    assert "Keep this video" in shown
    assert answer.redirect_chain == [(f"/library/{video.pk}", 302)]
    assert [str(one) for one in answer.context["messages"]] == ["“Fractions” is kept."]
    video.refresh_from_db()
    assert (video.pinned, video.removal_at, video.expires_at) == (True, None, None)
    after = page(ana_client, f"/library/{video.pk}")
    assert "For good, whatever rules say" in after
    assert "This video is removed on" not in after
    event = Event.objects.get(topic=f"video.{video.pk}")
    assert (event.type, event.owner_id) == ("video_update", ana.pk)


def test_what_is_kept_can_be_given_back_to_the_rules(ana, ana_client):
    video = make_video(ana, pinned=True)

    ana_client.post(f"/library/{video.pk}/keep", {"pinned": "false"})

    video.refresh_from_db()
    assert video.pinned is False


def test_a_temporary_video_says_until_when_and_how_to_keep_it(ana, ana_client):
    video = make_video(ana, expires_at=soon())

    shown = page(ana_client, f"/library/{video.pk}")

    assert "Temporary until" in shown
    assert f'action="/library/{video.pk}/keep"' in shown


def test_another_teacher_keeps_nothing_of_hers(ana, bruno_client):
    video = make_video(ana, removal_at=soon())

    assert bruno_client.post(f"/library/{video.pk}/keep", {"pinned": "true"}).status_code == 404
    assert bruno_client.patch(f"{URL}/{video.pk}", {"pinned": True}, "application/json").json()[
        "code"
    ] == ("not_found")
    before = video.removal_at
    video.refresh_from_db()
    assert (video.pinned, video.removal_at) == (False, before)


def test_an_integrator_renames_and_keeps_a_video(ana, integrator):
    video = make_video(ana, title="IMG_0012", uploader="Lima", expires_at=soon())

    body = {"title": "  Frações\nde bolo ", "pinned": True}
    answer = integrator.patch(f"{URL}/{video.pk}", body, "application/json")

    told = answer.json()
    assert answer.status_code == 200
    assert (told["title"], told["pinned"], told["expires_at"]) == ("Frações de bolo", True, None)
    found = integrator.get(URL, {"search": "fracoes lima"}).json()
    assert [row["id"] for row in found["results"]] == [video.pk]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "   "}, "title"),
        ({"title": 7}, "title"),
        ({"pinned": "yes"}, "pinned"),
        ({"expires_at": None}, "expires_at"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(ana, integrator, body, field):
    video = make_video(ana, title="Verbos")

    answer = integrator.patch(f"{URL}/{video.pk}", body, "application/json")

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    video.refresh_from_db()
    assert (video.title, video.pinned) == ("Verbos", False)
    assert not Event.objects.exists()


def test_a_change_of_nothing_changes_nothing(ana, integrator):
    video = make_video(ana, pinned=True)

    assert integrator.patch(f"{URL}/{video.pk}", {}, "application/json").json()["pinned"] is True
    assert not Event.objects.exists()


def test_what_goes_is_listed_by_its_day(ana, bruno, integrator, ana_client):
    make_video(ana, title="Stays")
    late = make_video(ana, title="Late", removal_at=soon(days=5))
    first = make_video(ana, title="First", expires_at=soon(days=1), removal_at=soon(days=9))
    middle = make_video(ana, title="Middle", expires_at=soon(days=3))
    make_video(bruno, title="Other", removal_at=soon())

    rows = integrator.get(URL, {"going": "true"}).json()["results"]
    shown = page(ana_client, "/library", going="true")

    assert [row["id"] for row in rows] == [first.pk, middle.pk, late.pk]
    assert "Stays" not in shown
    assert shown.index(">First<") < shown.index(">Middle<") < shown.index(">Late<")


def test_a_teacher_hears_of_what_a_rule_removes_in_the_library_and_at_home(
    ana, bruno, ana_client, bruno_client
):
    make_video(ana, removal_at=soon(days=5))
    make_video(ana, removal_at=soon(days=9))
    make_video(ana, expires_at=soon(days=1))  # her own wish is no news

    for address in ("/", "/library"):
        assert "2 videos of yours go, the first on" in page(ana_client, address)
        assert "of yours go" not in page(bruno_client, address)


def test_where_nothing_goes_the_page_says_so(ana, ana_client):
    make_video(ana)

    assert "No video goes by itself." in page(ana_client, "/library", going="true")


def test_staff_see_what_goes_and_keep_it(ana, clara_client):
    going = make_video(ana, title="Going", removal_at=soon())
    make_video(ana, title="Staying")
    address = "/admin/library/video/"

    listed = clara_client.get(address, {"going": "rule"}).context["cl"].result_list
    clara_client.post(address, {"action": "keep", "_selected_action": [going.pk]})

    assert [video.title for video in listed] == ["Going"]
    going.refresh_from_db()
    assert (going.pinned, going.removal_at) == (True, None)
    clara_client.post(address, {"action": "let_go", "_selected_action": [going.pk]})
    assert not Video.objects.filter(pinned=True).exists()
