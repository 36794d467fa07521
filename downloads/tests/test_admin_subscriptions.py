"""Subscriptions in the back office."""

from datetime import timedelta

import pytest
from django.utils import timezone

from downloads.models import FoundVideo, Subscription
from downloads.tests.build import make_download
from downloads.tests.watch import active_looks, make_found, make_subscription

pytestmark = pytest.mark.django_db

PAGE = "/admin/downloads/subscription/"
FOUND = "/admin/downloads/foundvideo/"


def act(client, action, *rows):
    picked = [row.pk for row in rows]
    answer = client.post(PAGE, {"action": action, "_selected_action": picked}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_tells_what_was_found_and_what_went_wrong(clara_client, ana):
    one = make_subscription(ana, name="Física", error_code="source.not_found")
    make_found(one)
    make_found(one, download=make_download(ana))

    shown = clara_client.get(PAGE).content.decode()

    assert "Física" in shown
    assert "2 found, 1 new, 1 asked for" in shown
    assert "This channel or playlist is not there any more." in shown
    detail = clara_client.get(f"{PAGE}{one.pk}/change/").content.decode()
    assert "2 found, 1 new, 1 asked for" in detail
    assert f"subscriptions/{ana.pk}/{one.folder}" in detail


def test_found_videos_are_listed_with_their_state(clara_client, ana):
    found = make_found(make_subscription(ana), title="Atrito")

    assert "Not downloaded" in clara_client.get(FOUND).content.decode()
    assert "Atrito" in clara_client.get(f"{FOUND}{found.pk}/change/").content.decode()


def test_staff_have_it_looked_at_paused_and_begun_again(clara_client, ana):
    one = make_subscription(ana, next_check_at=timezone.now() + timedelta(days=9))

    assert "Done with 1." in act(clara_client, "look_now", one)
    assert [look.owner for look in active_looks(one)] == [ana]

    act(clara_client, "pause", one)
    assert not Subscription.objects.get().enabled
    act(clara_client, "go_on", one)
    again = Subscription.objects.get()
    assert again.enabled
    assert again.next_check_at <= timezone.now()


def test_staff_end_one_and_leave_the_others(clara_client, ana):
    ended, other = make_subscription(ana), make_subscription(ana)
    make_found(ended)

    act(clara_client, "stop", ended)

    assert list(Subscription.objects.all()) == [other]
    assert not FoundVideo.objects.exists()


def test_nothing_of_it_is_typed_by_staff(clara_client, ana):
    one = make_subscription(ana)

    assert clara_client.get(f"{PAGE}add/").status_code == 403
    assert clara_client.post(f"{PAGE}{one.pk}/change/", {"name": "x"}).status_code == 403
    assert clara_client.post(f"{PAGE}{one.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Subscription.objects.get().name == one.name


@pytest.mark.parametrize("page", [PAGE, FOUND])
def test_a_page_takes_the_same_few_queries_for_many_rows(
    clara_client, ana, django_assert_max_num_queries, page
):
    make_found(make_subscription(ana))
    with django_assert_max_num_queries(15) as few:
        clara_client.get(page)
    for _ in range(20):
        make_found(make_subscription(ana), download=make_download(ana))

    with django_assert_max_num_queries(len(few)):
        clara_client.get(page)
