"""The pages of courses, as teachers use them, with and without scripts."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.build import make_credential
from courses import panels
from courses.models import CourseChange, CourseFile, Reach, Sync
from courses.tests.make import (
    fill,
    give,
    make_course,
    make_course_video,
    make_coursework,
    make_material,
    make_sync,
    make_topic,
)
from library.tests.build import make_video


@pytest.fixture
def account(ana):
    return make_credential(ana, email="ana@school.example")


@pytest.fixture
def course(account):
    return make_course(account, name="Biologia", section="9º B")


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def page_of(client, course, query: str = "") -> str:
    return shown(client, f"/courses/{course.pk}{query}")


# --- the list


def test_without_an_account_the_way_to_one_is_shown(ana_client):
    text = shown(ana_client, "/courses")

    assert "Connect a Google account to see its Classroom courses" in text
    assert "/google/connect" in text


def test_while_the_first_courses_are_read_the_progress_is_shown(ana_client, account):
    make_sync(
        account,
        status="running",
        courses_total=14,
        courses_done=5,
        items_seen=211,
        videos_found=1,
        now_reading="Química",
    )

    text = shown(ana_client, "/courses")

    assert "Reading Química" in text
    assert 'max="14" value="5"' in text
    assert "5 of 14 courses" in text
    assert "211 posts" in text
    assert "<span>1 video</span>" in text
    assert "Connect a Google account" not in text


def test_an_account_without_courses_is_told_so(ana_client, account):
    text = shown(ana_client, "/courses")

    assert "Your Google accounts are in no course of Google Classroom." in text
    assert 'action="/courses/sync"' in text


def test_a_failed_reading_says_what_to_do(ana_client, account):
    make_sync(account, status="failed", error_code="google.blocked_by_admin")

    text = shown(ana_client, "/courses")

    assert "The school's administrator has not allowed this application." in text
    assert "Send the school's IT the text from the page of Google accounts." in text


def test_a_card_says_what_one_has_of_a_course(ana_client, ana, account, course):
    video = make_course_video(make_coursework(course))
    make_course_video(make_coursework(course))
    make_video(ana, source="youtube", source_key=video.source_key)
    make_course(account, name="Química", state="archived")

    text = shown(ana_client, "/courses")

    assert "Biologia" in text
    assert "9º B" in text
    assert "2 videos" in text
    assert "1 in your library" in text
    assert "1 min ago" in text
    assert "Química" not in text
    assert "ana@school.example" not in text  # there is but this account
    assert "Química" in shown(ana_client, "/courses?state=archived")
    assert "Química" in shown(ana_client, "/courses?state=all&search=quim")
    assert "No course matches this filter." in shown(ana_client, "/courses?search=zz")


def test_with_several_accounts_each_card_names_its_own(ana_client, ana, course):
    make_course(make_credential(ana, email="b@school.example"))

    text = shown(ana_client, "/courses")

    assert "ana@school.example" in text
    assert "b@school.example" in text


def test_another_teacher_finds_nothing_of_it(bruno_client, course):
    assert "Biologia" not in shown(bruno_client, "/courses")
    for path in ("", "/fragment", "/changes"):
        assert bruno_client.get(f"/courses/{course.pk}{path}").status_code == 404
    assert bruno_client.post(f"/courses/{course.pk}/sync").status_code == 404
    assert not Sync.objects.exists()


def test_the_fragment_keeps_the_filter_in_the_address(ana_client, course):
    headers = {"HX-Request": "true", "HX-Trigger": "filters"}
    answer = ana_client.get("/courses/fragments/list?search=bio", headers=headers)

    assert answer["HX-Push-Url"] == "/courses?search=bio"
    assert b"<html" not in answer.content
    assert b"Biologia" in answer.content


# --- asking for a reading


def test_courses_are_read_anew_and_stopped_again(ana_client, account, course):
    answer = ana_client.post("/courses/sync", follow=True)
    assert "Your courses are being read." in answer.content.decode()
    sync = Sync.objects.get()
    assert (sync.credential, sync.course, sync.status) == (account, None, "queued")

    answer = ana_client.post(f"/courses/syncs/{sync.pk}/cancel", follow=True)
    assert "Stopped. What was read is kept." in answer.content.decode()
    assert Sync.objects.get().status == "cancelled"


def test_one_course_is_read_anew(ana_client, course):
    answer = ana_client.post(f"/courses/{course.pk}/sync")

    assert answer.headers["Location"] == f"/courses/{course.pk}"
    assert Sync.objects.get().course == course
    assert "Will be read in a moment" in page_of(ana_client, course)


def test_nobody_stops_what_is_anothers(bruno_client, account):
    sync = make_sync(account)

    assert bruno_client.post(f"/courses/syncs/{sync.pk}/cancel").status_code == 404
    assert Sync.objects.get().status == "queued"


def test_looking_starts_nothing(ana_client, course):
    for address in ("/courses/sync", f"/courses/{course.pk}/sync"):
        assert ana_client.get(address).status_code == 405
    assert not Sync.objects.exists()


def test_without_a_usable_account_the_page_says_so(ana_client, ana):
    course = make_course(make_credential(ana, status="needs_consent"))

    headers = {"Referer": f"http://testserver/courses/{course.pk}"}
    answer = ana_client.post(f"/courses/{course.pk}/sync", headers=headers, follow=True)

    assert "No connected Google account can read this now." in answer.content.decode()
    assert not Sync.objects.exists()


# --- one course


def test_what_is_posted_stands_under_its_topics(ana_client, course):
    second, first = make_topic(course, position=2), make_topic(course, position=1)
    for topic, title in ((second, "Aula B"), (None, "Aula C"), (first, "Aula A")):
        make_coursework(course, title=title, topic=topic)

    text = page_of(ana_client, course)

    order = [first.name, "Aula A", second.name, "Aula B", "Without a topic", "Aula C"]
    outline = text[text.index("data-outline") :]
    places = [outline.index(words) for words in order]
    assert places == sorted(places)


def test_a_held_video_leads_to_the_library_and_cannot_be_picked(ana_client, ana, course):
    post = make_coursework(course)
    held, other = make_course_video(post, duration_seconds=751), make_course_video(post)
    video = make_video(ana, source="youtube", source_key=held.source_key)

    text = page_of(ana_client, course)

    assert "in your library" in text
    assert f'href="/library/{video.pk}"' in text
    assert "12:31" in text
    assert f'value="{held.pk}"' not in text
    assert f'id="state-{other.pk}"' in text


def test_what_cannot_be_reached_is_said_in_plain_words(ana_client, account, course):
    video = make_course_video(make_coursework(course), source="drive")
    Reach.objects.create(video=video, credential=account, problem="google.not_downloadable")

    assert "Its owner does not allow downloads" in page_of(ana_client, course)


def test_drafts_and_what_is_gone_are_marked(ana_client, course):
    make_coursework(course, state="draft")
    make_course_video(make_coursework(course, gone_at=timezone.now()))
    make_course_video(make_coursework(course), gone_at=timezone.now())

    text = page_of(ana_client, course)

    assert "Draft" in text
    assert "No longer in Classroom, kept here" in text
    assert text.count("No longer in Classroom<") == 1


def test_hostile_texts_are_texts(ana_client, account):
    evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    course = make_course(account, name=evil, section=evil, description=f"{evil} https://a.example")
    post = make_coursework(course, title=evil, description=f"{evil} https://b.example/x")
    make_course_video(post, title=evil, url="javascript:alert(3)")
    make_material(post, title=evil, url="javascript:alert(4)")
    make_material(post, title="plain", url="https://c.example/paper")
    topic = make_topic(course, name=evil)
    make_coursework(course, topic=topic)

    for address in ("/courses", f"/courses/{course.pk}", f"/courses/{course.pk}/fragment"):
        raw = ana_client.get(address).content.decode()
        assert "<img src=x" not in raw
        assert "<script>" not in raw
        assert "javascript:" not in re.sub(r">[^<]*<", "><", raw)
    raw = ana_client.get(f"/courses/{course.pk}").content.decode()
    assert 'href="https://b.example/x" rel="nofollow"' in raw
    link = re.search(r'<a href="https://c.example/paper"[^>]*>', raw)[0]
    assert "noopener" in link
    assert "noreferrer" in link


def test_the_course_is_narrowed_by_its_address(ana_client, course):
    topic = make_topic(course)
    with_video = make_coursework(course, title="Frações", topic=topic, kind="question")
    make_course_video(with_video)
    make_coursework(course, title="Verbos")
    queries = ["video=on", f"topic={topic.pk}", "kind=question", "search=FRACOES"]

    for query in queries:
        text = page_of(ana_client, course, f"?{query}")
        assert "Frações" in text
        assert "Verbos" not in text
    assert "Verbos" in page_of(ana_client, course, "?topic=none&kind=nonsense")
    nothing = page_of(ana_client, course, "?search=zz")
    assert "Nothing in this course matches the filter." in nothing


def test_fifty_posts_are_one_page(ana_client, course):
    fill(course, number=60)

    first, second = page_of(ana_client, course), page_of(ana_client, course, "?page=2")

    assert (first.count('class="item"'), second.count('class="item"')) == (50, 10)
    assert "1–50 of 60" in first


def test_changes_are_shown_and_followed(ana_client, course):
    post = make_coursework(course)
    for number in range(8):
        CourseChange.objects.create(
            course=course,
            coursework=post,
            change="gone",
            what="coursework",
            title=f"Aula {number}",
            at=timezone.now() - timedelta(hours=2),
        )

    text = page_of(ana_client, course)
    every = shown(ana_client, f"/courses/{course.pk}/changes")

    assert "What changed" in text
    assert ("Aula 7" in text, "Aula 0" in text) == (True, False)
    assert "Gone in Classroom" in every
    assert ("Aula 7" in every, "Aula 0" in every) == (True, True)


def test_the_fragment_says_when_there_is_more_to_see(ana_client, course):
    make_coursework(course)
    seen = re.search(r"seen=([\d-]+)", page_of(ana_client, course))[1]
    address = f"/courses/{course.pk}/fragment?seen={seen}"

    assert "This course has changed" not in shown(ana_client, address)
    make_coursework(course)
    assert "This course has changed" in shown(ana_client, address)


def test_an_app_above_says_what_becomes_of_a_video(ana_client, ana, course, monkeypatch):
    asked = []
    monkeypatch.setattr(panels, "_sources", [])

    def states(user, videos):
        asked.append((user, list(videos)))
        return {}

    panels.register_video_states(states)
    video = make_course_video(make_coursework(course))

    page_of(ana_client, course)

    assert asked == [(ana, [video])]


def test_a_fetched_material_is_saved_by_whom_it_was_fetched_for(
    ana_client, bruno_client, ana, bruno, course
):
    give(make_credential(bruno), course)
    material = make_material(make_coursework(course), kind="file", title="lista.pdf")
    stored = make_video(ana, content=b"%PDF").file
    CourseFile.objects.create(owner=ana, material=material, file=stored, name="lista.pdf")
    address = f"/courses/materials/{material.pk}/file"

    answer = ana_client.get(address)

    assert answer.status_code == 200
    assert 'filename="lista.pdf"' in answer["Content-Disposition"]
    assert address in page_of(ana_client, course)
    assert bruno_client.get(address).status_code == 404
    assert address not in page_of(bruno_client, course)


# --- many


def number_of_queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_large_course_takes_as_many_questions_as_a_small_one(ana_client, account):
    small, large = make_course(account), make_course(account)
    fill(small, number=10, topics=[make_topic(small) for _ in range(2)])
    fill(large, number=1000, topics=[make_topic(large) for _ in range(2)])

    for path in ("/courses/{}", "/courses/{}/fragment", "/api/v1/courses/{}/coursework"):
        few = number_of_queries(ana_client, path.format(small.pk))
        assert number_of_queries(ana_client, path.format(large.pk)) == few
        assert few <= 20


def test_many_courses_take_as_many_questions_as_one(ana_client, account):
    make_course(account)
    few = number_of_queries(ana_client, "/courses")
    for _ in range(20):
        make_course_video(make_coursework(make_course(account)))

    assert number_of_queries(ana_client, "/courses") == few
