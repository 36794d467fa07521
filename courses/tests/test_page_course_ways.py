"""What the pages of courses say of accounts that cannot read them, and of links without a name."""

import re
from html import unescape

import pytest

from accounts.models import Credential, CredentialStatus
from accounts.tests.build import make_credential
from courses.models import CourseAccess
from courses.tests.make import make_course, make_course_video, make_coursework, make_sync
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


def page_of(client, course) -> str:
    return shown(client, f"/courses/{course.pk}")


def test_a_link_in_a_text_is_called_as_in_the_library(ana_client, ana, course):
    coursework = make_coursework(course)
    nameless = make_course_video(coursework, title="", in_text=True)
    assert f">{nameless.url}</a>" in page_of(ana_client, course)
    make_video(ana, source=nameless.source, source_key=nameless.source_key, title="Mitose")

    page = page_of(ana_client, course)

    assert ">Mitose</a>" in page
    assert f">{nameless.url}</a>" not in page


def test_reading_that_waits_for_its_account_offers_to_reconnect(ana_client, account):
    make_sync(account, status="queued")
    assert "/consent" not in shown(ana_client, "/courses")
    Credential.objects.filter(pk=account.pk).update(status=CredentialStatus.NEEDS_CONSENT)

    page = shown(ana_client, "/courses")

    assert "Waits until the Google account is reconnected" in page
    assert f'action="/google/{account.pk}/consent"' in page


def test_a_course_that_could_not_be_read_says_why_and_what_to_do(ana_client, course):
    CourseAccess.objects.filter(course=course).update(problem="google.missing_scope")

    for page in (page_of(ana_client, course), shown(ana_client, "/courses")):
        assert "This Google account has not given a permission that is needed." in page
        assert ">See Google accounts</a>" in page


def test_a_course_offers_to_reconnect_its_account(ana_client, clara_client, account, course):
    assert "/consent" not in page_of(ana_client, course)
    Credential.objects.filter(pk=account.pk).update(status=CredentialStatus.NEEDS_CONSENT)

    assert f'action="/google/{account.pk}/consent"' in page_of(ana_client, course)
    assert f'action="/courses/{course.pk}/sync"' not in page_of(ana_client, course)
    assert "/consent" not in page_of(clara_client, course)  # nobody consents for somebody else


def test_an_account_that_waits_does_not_keep_another_from_being_read(
    ana_client, ana, account, course
):
    make_sync(account, status="queued")
    make_credential(ana, email="other@school.example")
    assert 'action="/courses/sync"' not in shown(ana_client, "/courses")
    Credential.objects.filter(pk=account.pk).update(status=CredentialStatus.NEEDS_CONSENT)

    assert 'action="/courses/sync"' in shown(ana_client, "/courses")
