"""The pages of subscriptions, without any script."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.tests.make import make_course
from downloads.models import Download, FoundVideo, Subscription
from downloads.tests.build import make_download
from downloads.tests.school import make_school
from downloads.tests.watch import active_looks, make_found, make_subscription
from library.tests.build import make_video

pytestmark = pytest.mark.django_db

PAGE = "/subscriptions"
CHANNEL = "youtube.com/@fisica"


def shown(client, path=PAGE, **query):
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_page_says_what_to_do(ana_client):
    page = shown(ana_client)

    assert "Nothing is watched yet." in page
    assert 'aria-current="page"' in page
    assert 'href="/subscriptions"' in page


def test_a_channel_is_watched_from_its_link_as_browsers_show_it(ana_client, ana):
    answer = ana_client.post(
        f"{PAGE}/new",
        {
            "url": CHANNEL,
            "auto_download": "on",
            "quality": "720p",
            "interval": "86400",
            "longest_minutes": "90",
            "since": "2026-05-01",
            "keep_last": "7",
            "title_filter": "aula",
        },
    )

    one = Subscription.objects.get()
    assert answer.headers["Location"] == f"{PAGE}/{one.pk}"
    assert (one.owner, one.url, one.name) == (
        ana,
        "https://www.youtube.com/@fisica/videos",
        "@fisica",
    )
    assert (one.interval_seconds, one.longest_seconds, one.keep_last) == (86_400, 5400, 7)
    assert (one.auto_download, one.quality, one.title_filter) == (True, "720p", "aula")
    assert timezone.localtime(one.since).isoformat().startswith("2026-05-01T00:00")
    assert len(active_looks(one)) == 1
    assert "It is being looked at." in shown(ana_client, f"{PAGE}/{one.pk}")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"url": ""}, "Paste the link of a channel or playlist first."),
        ({"url": "https://example.org/"}, "Only channels and playlists of YouTube"),
        ({"url": "ftp://example.org"}, "The address has to begin with"),
        ({"url": CHANNEL, "keep_last": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_watched_is_said_beside_the_form_which_keeps_what_was_typed(
    ana_client, form, said
):
    answer = ana_client.post(f"{PAGE}/new", {"name": "My channel", **form})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="My channel"' in page
    assert not Subscription.objects.exists()


def test_one_that_is_watched_already_is_said_on_the_page_it_came_from(ana_client):
    ana_client.post(f"{PAGE}/new", {"url": CHANNEL})

    again = ana_client.post(f"{PAGE}/new", {"url": CHANNEL}, follow=True)

    assert "You watch this already." in again.content.decode()
    assert Subscription.objects.count() == 1


def test_a_course_is_watched_from_its_page_once(ana_client, ana):
    school = make_school(ana)
    school.video()
    assert f"/courses/{school.course.pk}/watch" in shown(
        ana_client, f"/courses/{school.course.pk}"
    )

    answers = [ana_client.post(f"/courses/{school.course.pk}/watch") for _ in range(2)]

    one = Subscription.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [f"{PAGE}/{one.pk}"] * 2
    assert (one.course, one.auto_download) == (school.course, False)


def test_somebody_elses_course_is_not_there(ana_client):
    assert ana_client.post(f"/courses/{make_course().pk}/watch").status_code == 404


def test_the_list_says_when_it_is_looked_again_and_what_went_wrong(ana_client, ana):
    make_subscription(ana, name="Well", next_check_at=timezone.now() + timedelta(days=9))
    make_subscription(ana, name="Failing", error_code="source.not_found", failures=2)
    make_subscription(ana, name="Resting", enabled=False)

    page = shown(ana_client)

    for words in ("Well", "Looks again", "Tries again", "Paused"):
        assert words in page
    assert "This channel or playlist is not there any more." in page


def test_its_page_lists_each_video_with_what_became_of_it(ana_client, ana):
    one = make_subscription(ana, folder="fisica", error_code="network.timeout")
    held = make_found(one, title="Held")
    video = make_video(ana, source="youtube", source_key=held.source_key)
    make_found(one, title="New <b>", published_at=timezone.now())
    failed = make_download(ana, status="failed")
    make_found(one, title="Failed", download=failed)
    make_found(one, title="Aside", removed_at=timezone.now())

    page = shown(ana_client, f"{PAGE}/{one.pk}")

    assert f'href="/library/{video.pk}"' in page
    assert "New &lt;b&gt;" in page
    assert "This video is private." in page
    for words in ("In your library", "Not downloaded", "Failed", "Set aside"):
        assert words in page
    assert "The site took too long to answer." in page
    assert f"subscriptions/{ana.pk}/fisica" in page
    new = shown(ana_client, f"{PAGE}/{one.pk}/fragment", show="new")
    assert "New &lt;b&gt;" in new
    assert "Aside" not in new


def test_ticked_videos_are_downloaded_and_the_others_are_not(ana_client, ana):
    one = make_subscription(ana)
    picked, other = make_found(one), make_found(one)

    ana_client.post(f"{PAGE}/{one.pk}/pick", {"action": "download", "found": [picked.pk]})

    assert [row.source_key for row in Download.objects.all()] == [picked.source_key]
    other.refresh_from_db()
    assert other.download is None


def test_all_that_is_new_can_be_downloaded_at_once(ana_client, ana):
    one = make_subscription(ana)
    for _ in range(3):
        make_found(one)

    answer = ana_client.post(f"{PAGE}/{one.pk}/pick", {"action": "all"}, follow=True)

    assert "3 are in the queue." in answer.content.decode()
    assert Download.objects.count() == 3


def test_ticked_videos_are_set_aside(ana_client, ana):
    one = make_subscription(ana)
    aside, other = make_found(one), make_found(one)

    ana_client.post(f"{PAGE}/{one.pk}/pick", {"action": "ignore", "found": [aside.pk, "x"]})

    assert list(FoundVideo.objects.exclude(removed_at=None)) == [aside]
    other.refresh_from_db()
    assert other.removed_at is None


def test_without_a_tick_nothing_happens(ana_client, ana):
    one = make_subscription(ana)
    make_found(one)

    answer = ana_client.post(f"{PAGE}/{one.pk}/pick", {"action": "download"}, follow=True)

    assert "Tick at least one video first." in answer.content.decode()
    assert not Download.objects.exists()


def test_its_rule_can_be_changed_and_it_keeps_an_interval_of_the_api(ana_client, ana):
    one = make_subscription(ana, interval_seconds=5400, keep_last=3)
    page = shown(ana_client, f"{PAGE}/{one.pk}")
    assert '<option value="5400" selected>' in page

    answer = ana_client.post(
        f"{PAGE}/{one.pk}/change", {"name": "", "interval": "5400", "auto_download": "on"}
    )

    assert answer.headers["Location"] == f"{PAGE}/{one.pk}"
    before = one.name
    one.refresh_from_db()
    assert (one.name, one.interval_seconds, one.keep_last) == (before, 5400, None)
    assert one.auto_download


def test_a_wrong_rule_is_said_and_changes_nothing(ana_client, ana):
    one = make_subscription(ana)
    before = Subscription.objects.values().get()

    answer = ana_client.post(f"{PAGE}/{one.pk}/change", {"longest_minutes": "-1"})

    assert answer.status_code == 422
    assert Subscription.objects.values().get() == before


def test_it_can_be_paused_looked_at_and_ended(ana_client, ana):
    one = make_subscription(ana)

    ana_client.post(f"{PAGE}/{one.pk}/switch")
    assert not Subscription.objects.get().enabled
    ana_client.post(f"{PAGE}/{one.pk}/switch")
    assert Subscription.objects.get().enabled
    ana_client.post(f"{PAGE}/{one.pk}/check")
    assert len(active_looks(one)) == 1
    assert "stay" in shown(ana_client, f"{PAGE}/{one.pk}/delete")
    assert Subscription.objects.exists()
    ana_client.post(f"{PAGE}/{one.pk}/delete")
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("path", ["", "/fragment", "/delete"])
def test_bruno_finds_nothing_of_anas(bruno_client, ana, path):
    one = make_subscription(ana)

    assert bruno_client.get(f"{PAGE}/{one.pk}{path}").status_code == 404


@pytest.mark.parametrize("path", ["pick", "change", "switch", "check", "delete"])
def test_bruno_changes_nothing_of_anas(bruno_client, ana, path):
    one = make_subscription(ana)
    make_found(one)
    before = Subscription.objects.values().get()

    answer = bruno_client.post(f"{PAGE}/{one.pk}/{path}", {"action": "all"})

    assert answer.status_code == 404
    assert Subscription.objects.values().get() == before
    assert not Download.objects.exists()
    assert not active_looks(one)


def test_the_pages_take_the_same_few_queries_for_many_rows(
    ana_client, ana, django_assert_max_num_queries
):
    one = make_subscription(ana)
    make_found(one)
    with django_assert_max_num_queries(15) as few:
        shown(ana_client)
    with django_assert_max_num_queries(15) as detail:
        shown(ana_client, f"{PAGE}/{one.pk}")
    for _ in range(20):
        make_found(one, download=make_download(ana))
        make_found(make_subscription(ana))

    with django_assert_max_num_queries(len(few)):
        shown(ana_client)
    with django_assert_max_num_queries(len(detail)):
        shown(ana_client, f"{PAGE}/{one.pk}")


def test_the_name_that_the_first_look_found_reaches_the_open_page(ana_client, ana):
    made = make_subscription(ana, name="Professora Ana")

    part = shown(ana_client, f"{PAGE}/{made.pk}/fragment")

    assert 'id="watch-name" dir="auto" hx-swap-oob="true">Professora Ana</h1>' in part
    assert shown(ana_client, f"{PAGE}/{made.pk}").count("<h1") == 1
