"""What people do on the pages: queue, cancel, try again, delete. With scripts and without."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Status
from downloads.models import Download
from downloads.tests.build import make_download
from library.models import Video

pytestmark = pytest.mark.django_db

CREATE = reverse("downloads:create")
LINK = "https://videos.example.org/lesson.mp4"
HTMX = {"HX-Request": "true"}


def said(answer):
    """The toasts of the page that follows, or the one that an answer to htmx carries."""
    if "HX-Trigger" in answer:
        return json.loads(answer["HX-Trigger"])["toast"]["text"]
    return [str(message) for message in answer.context["messages"]]


def post(client, name, download, **more):
    return client.post(reverse(f"downloads:{name}", args=[download.pk]), **more)


def test_a_teacher_pastes_a_link_and_it_is_queued(ana, ana_client):
    answer = ana_client.post(
        CREATE, {"url": f"  {LINK} ", "quality": "720p", "subtitles": "on"}, follow=True
    )

    download = Download.objects.get()
    assert answer.redirect_chain == [("/", 302)]
    assert said(answer) == ["It is in the queue."]
    assert (download.owner, download.url, download.status) == (ana, LINK, Status.QUEUED)
    assert (download.quality, download.format) == ("720p", "auto")
    assert (download.audio_only, download.subtitles) == (False, True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("youtube.com/watch?v=jNQXAC9IVRw", "https://www.youtube.com/watch?v=jNQXAC9IVRw"),
        (" videos.example.org:8443/a.mp4 ", "https://videos.example.org:8443/a.mp4"),
        ("videos.example.org?v=1", "https://videos.example.org/?v=1"),
    ],
)
def test_a_link_may_come_without_its_beginning(ana_client, typed, kept):
    ana_client.post(CREATE, {"url": typed})

    assert Download.objects.get().url == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("lesson 3.mp4", "spaces"),
        ("localhost/a", "has to begin with"),
        ("javascript:alert(1.5)", "has to begin with"),
        ("ana@example.org", "has to begin with"),
        ("https://a..b/x.mp4", "names no site"),
        (f"https://{'a' * 64}.example/x.mp4", "names no site"),
    ],
)
def test_what_is_no_address_is_refused(ana_client, typed, words):
    answer = ana_client.post(CREATE, {"url": typed})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Download.objects.count() == 0


def test_the_address_of_the_form_leads_to_the_page_with_the_form(ana_client):
    answer = ana_client.get(CREATE)

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_an_address_for_buttons_alone_says_so(ana, ana_client):
    download = make_download(ana)
    answer = ana_client.get(reverse("downloads:cancel", args=[download.pk]))

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is nothing to look at here" in answer.content.decode()
    download.refresh_from_db()
    assert download.status == Status.QUEUED


@pytest.mark.parametrize(
    ("referer", "follows"),
    [
        ("http://testserver/downloads?status=failed", "/downloads%3Fstatus%3Dfailed"),
        ("http://elsewhere.example/x", "/"),
        (None, "/"),
    ],
)
def test_who_signs_in_after_a_change_was_lost_is_led_to_the_page_before(
    ana, anonymous, referer, follows
):
    download = make_download(ana)
    headers = {"Referer": referer} if referer else {}
    address = reverse("downloads:cancel", args=[download.pk])

    answer = anonymous.post(address, headers=headers)

    assert answer["Location"] == f"/accounts/login/?next={follows}"
    download.refresh_from_db()
    assert download.status == Status.QUEUED


def test_the_choices_behind_more_reach_the_download(ana_client):
    ana_client.post(CREATE, {"url": LINK, "title": "Mine", "format": "mp3", "audio_only": "on"})

    download = Download.objects.get()
    assert (download.title, download.format) == ("Mine", "mp3")
    assert (download.audio_only, download.subtitles) == (True, False)


def test_with_htmx_the_form_comes_back_empty_and_the_board_refreshes(ana_client):
    answer = ana_client.post(CREATE, {"url": LINK}, headers=HTMX)

    assert answer.status_code == 200
    assert json.loads(answer["HX-Trigger"]) == {
        "toast": {"level": "success", "text": "It is in the queue."},
        "live:changed": None,
    }
    assert 'id="queue-form"' in answer.content.decode()
    assert LINK not in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_the_same_link_twice_is_one_download(ana_client):
    ana_client.post(CREATE, {"url": LINK})

    answer = ana_client.post(CREATE, {"url": LINK}, follow=True)

    assert said(answer)[-1] == "This is under way already."
    assert Download.objects.count() == 1


def test_a_video_that_is_held_is_not_fetched_again(ana, ana_client):
    ana_client.post(CREATE, {"url": LINK})
    first = Download.objects.get()
    done = make_download(ana, status=Status.COMPLETED, fingerprint=first.fingerprint)
    first.delete()

    answer = ana_client.post(CREATE, {"url": LINK}, follow=True)

    assert said(answer)[-1] == ("Your library has this video already: nothing was fetched again.")
    assert Download.objects.latest("id").video == done.video


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Paste the link of a video first."),
        ("not a link", "address"),
        ("ftp://example.org/a.mp4", "http"),
        ("http://127.0.0.1:22/a.mp4", "address"),
        ("https://example.org/" + "a" * 2000, "2000"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_wrong_link_stays_in_the_field_with_what_is_wrong(ana_client, url, words, headers):
    answer = ana_client.post(CREATE, {"url": url, "quality": "480p"}, headers=headers)

    page = answer.content.decode()
    alert = page[page.index('role="alert"') :]
    assert answer.status_code == 422
    assert words in alert[: alert.index("</p>")]
    assert f'value="{url}"' in page
    assert '<option value="480p" selected>' in page
    assert 'aria-invalid="true"' in page
    assert ("<html" in page) == (headers == {})
    assert Download.objects.count() == 0


def test_a_format_that_does_not_fit_is_explained_beside_it(ana_client):
    answer = ana_client.post(CREATE, {"url": LINK, "format": "mp3"})

    assert answer.status_code == 422
    assert "does not go with" in answer.content.decode()
    assert Download.objects.count() == 0


def test_a_teacher_cancels_and_is_back_where_she_was(ana, ana_client):
    download = make_download(ana, status=Status.RUNNING)

    answer = post(
        ana_client,
        "cancel",
        download,
        headers={"Referer": "http://testserver/downloads?status=running"},
    )

    download.refresh_from_db()
    assert download.status == Status.CANCELLED
    assert answer["Location"] == "http://testserver/downloads?status=running"


def test_a_page_of_another_site_is_no_place_to_go_back_to(ana, ana_client):
    answer = post(
        ana_client, "cancel", make_download(ana), headers={"Referer": "https://evil.example/x"}
    )

    assert answer["Location"] == "/"


def test_cancelling_what_is_complete_says_why_not(ana, ana_client):
    download = make_download(ana, status=Status.COMPLETED)
    text = "This download is complete. Delete its video instead."

    plain = post(ana_client, "cancel", download, follow=True)
    htmx = post(ana_client, "cancel", download, headers=HTMX)

    download.refresh_from_db()
    assert said(plain) == [text]
    assert (htmx.status_code, said(htmx)) == (409, text)
    assert download.status == Status.COMPLETED


def test_a_teacher_tries_again(ana, ana_client):
    download = make_download(ana, status=Status.FAILED)

    answer = post(ana_client, "retry", download, headers=HTMX)

    download.refresh_from_db()
    assert (answer.status_code, said(answer)) == (204, "It is in the queue again.")
    assert (download.status, download.attempt, download.error_code) == (Status.QUEUED, 0, "")


def test_trying_again_what_runs_changes_nothing(ana, ana_client):
    download = make_download(ana, status=Status.RUNNING)

    answer = post(ana_client, "retry", download, follow=True)

    download.refresh_from_db()
    assert said(answer) == ["Only a failed or cancelled download can be started again."]
    assert download.status == Status.RUNNING


def test_deleting_is_asked_once_and_names_what_goes(ana, ana_client):
    download = make_download(ana, status=Status.COMPLETED, title="Old lesson")
    address = reverse("downloads:purge", args=[download.pk])

    page = ana_client.get(address).content.decode()
    dialog = ana_client.get(address, headers=HTMX).content.decode()

    for text in (page, dialog):
        assert "Delete “Old lesson”?" in text
        assert "1.0\u00a0kB" in text
        assert f'action="{address}"' in text
    assert "<html" not in dialog
    assert Video.objects.count() == 1


def test_a_teacher_deletes_the_video_of_a_download(ana, ana_client):
    download = make_download(ana, status=Status.COMPLETED)

    answer = post(ana_client, "purge", download, follow=True)

    download.refresh_from_db()
    assert answer.redirect_chain == [("/downloads", 302)]
    assert said(answer) == ["The video was deleted."]
    assert download.video is None
    assert Video.objects.count() == 0


@pytest.mark.parametrize("name", ["cancel", "retry", "purge"])
@pytest.mark.parametrize("status", list(Status))
def test_another_teacher_can_do_nothing_to_it(ana, bruno_client, name, status):
    download = make_download(ana, status=status)
    before = Download.objects.values().get(pk=download.pk)

    answer = post(bruno_client, name, download)

    assert answer.status_code == 404
    assert Download.objects.values().get(pk=download.pk) == before


@pytest.mark.parametrize("name", ["cancel", "retry"])
def test_looking_changes_nothing(ana, ana_client, name):
    download = make_download(ana, status=Status.FAILED)

    answer = ana_client.get(reverse(f"downloads:{name}", args=[download.pk]))

    download.refresh_from_db()
    assert answer.status_code == 405
    assert download.status == Status.FAILED


def test_a_form_of_another_site_changes_nothing(ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    download = make_download(ana)

    answer = post(client, "cancel", download)

    download.refresh_from_db()
    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()
    assert download.status == Status.QUEUED
