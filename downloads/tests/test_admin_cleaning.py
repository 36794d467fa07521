"""Staff clean, look before they do, read reports, and make rules."""

import pytest

from downloads.models import CleaningRun, RetentionRule
from downloads.tests.sweeping import ago, clean, put
from library.models import Video
from library.tests.build import make_video

RUNS = "/admin/downloads/cleaningrun/"
RULES = "/admin/downloads/retentionrule/"


def page(client, address, **query) -> str:
    return " ".join(client.get(address, query).content.decode().split())


def rule_of(**over) -> dict[str, object]:
    empty = dict.fromkeys(("owner", "course", "unwatched_days", "keep_per_course"), "")
    return {"name": "Old ones", "max_age_days": "365", "warn_days": "14", **empty, **over}


@pytest.mark.django_db(transaction=True)
def test_staff_read_what_a_cleaning_found(clara_client, clara):
    put("partial", "d1/video.part")
    run = clean("incomplete", dry_run=True, requested_by=clara)

    listed = page(clara_client, RUNS)
    shown = page(clara_client, f"{RUNS}{run.pk}/change/")

    assert "Incomplete downloads · only looked" in listed
    assert "found 1" in listed
    assert "10 B would be free" in listed
    assert "clara" in listed
    assert (
        "<td>working folder</td><td>d1</td><td></td><td>10 B</td>"
        "<td>Left behind by a download that has ended.</td><td></td>"
    ) in shown


@pytest.mark.django_db(transaction=True)
def test_a_title_in_a_report_is_text_and_nothing_else(clara_client, ana):
    make_video(ana, title="<img src=x onerror=alert(1)>", expires_at=ago(days=1))
    run = clean("temporary")

    shown = page(clara_client, f"{RUNS}{run.pk}/change/")

    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown


def test_staff_begin_a_cleaning_that_only_looks_unless_they_say_otherwise(clara_client, clara):
    shown = page(clara_client, f"{RUNS}add/")
    answer = clara_client.post(f"{RUNS}add/", {"task": "orphaned", "dry_run": "on"})
    again = clara_client.post(f"{RUNS}add/", {"task": "orphaned", "dry_run": "on"})
    clara_client.post(f"{RUNS}add/", {"task": "orphaned"})

    assert 'name="dry_run" id="id_dry_run" checked' in shown
    assert (answer.status_code, again.status_code) == (302, 302)
    rows = CleaningRun.objects.order_by("id").values_list("task", "dry_run", "requested_by")
    assert list(rows) == [("orphaned", True, clara.pk), ("orphaned", False, clara.pk)]


@pytest.mark.parametrize(("action", "dry_run"), [("look", True), ("clean", False)])
def test_staff_do_the_selected_cleanings_again(clara_client, ana, clara, action, dry_run):
    done = [ended("records"), ended("records"), ended("incomplete")]

    clara_client.post(RUNS, {"action": action, "_selected_action": [run.pk for run in done]})

    made = CleaningRun.objects.filter(status="queued").order_by("task")
    assert [(run.task, run.dry_run) for run in made] == [
        ("incomplete", dry_run),
        ("records", dry_run),
    ]


def test_staff_stop_a_cleaning(clara_client):
    waiting = CleaningRun.objects.create(task="records")
    over = ended("records")

    rows = [waiting.pk, over.pk]
    clara_client.post(RUNS, {"action": "stop", "_selected_action": rows})

    assert list(CleaningRun.objects.order_by("id").values_list("status", flat=True)) == [
        "cancelled",
        "completed",
    ]


def test_a_cleaning_is_history_and_no_form(clara_client):
    run = ended("records")

    assert clara_client.post(f"{RUNS}{run.pk}/change/", {"task": "orphaned"}).status_code == 403
    assert clara_client.post(f"{RUNS}{run.pk}/delete/", {"post": "yes"}).status_code == 403
    run.refresh_from_db()
    assert run.task == "records"


def test_a_teacher_cleans_nothing(ana_client, db):
    assert ana_client.post(f"{RUNS}add/", {"task": "orphaned"}).status_code == 302
    assert ana_client.post(f"{RULES}add/", rule_of(enabled="on")).status_code == 302
    assert not CleaningRun.objects.exists()
    assert not RetentionRule.objects.exists()


def test_staff_see_what_a_rule_would_take_before_it_is_in_force(clara_client, ana):
    make_video(ana, created_at=ago(days=400), content=b"12345")
    make_video(ana)

    clara_client.post(f"{RULES}add/", rule_of())
    rule = RetentionRule.objects.get()
    shown = page(clara_client, f"{RULES}{rule.pk}/change/")

    assert (rule.name, rule.enabled, rule.max_age_days) == ("Old ones", False, 365)
    assert "1 video, 5 B. Its owner is told 14 days before." in shown
    assert "older than 365 days" in page(clara_client, RULES)


def test_a_rule_without_a_limit_is_refused(clara_client, db):
    answer = clara_client.post(f"{RULES}add/", rule_of(max_age_days=""))

    assert answer.status_code == 200
    assert "Give at least one limit." in answer.content.decode()
    assert not RetentionRule.objects.exists()


def test_what_a_rule_wanted_to_go_stays_once_it_is_out_of_force(clara_client, ana):
    rule = RetentionRule.objects.create(name="Old ones", enabled=True, max_age_days=365)
    make_video(ana, created_at=ago(days=400), removal_at=ago(days=-3))

    clara_client.post(f"{RULES}{rule.pk}/change/", rule_of(enabled="on"))
    assert Video.objects.get().removal_at is not None
    clara_client.post(f"{RULES}{rule.pk}/change/", rule_of())
    assert Video.objects.get().removal_at is None

    Video.objects.update(removal_at=ago(days=-3))
    clara_client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"})
    assert Video.objects.get().removal_at is None
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize("address", [RUNS, RULES])
def test_a_list_takes_as_many_queries_for_forty_as_for_one(
    clara_client, ana, clara, address, django_assert_max_num_queries
):
    def fill(number: int) -> None:
        for _ in range(number):
            ended("records", requested_by=clara)
            RetentionRule.objects.create(name="x", owner=ana, max_age_days=5)

    fill(1)
    with django_assert_max_num_queries(10) as few:
        clara_client.get(address)
    fill(40)

    with django_assert_max_num_queries(len(few)):
        clara_client.get(address)


def ended(task: str, **over) -> CleaningRun:
    return CleaningRun.objects.create(
        task=task, status="completed", finished_at=ago(days=1), **over
    )
