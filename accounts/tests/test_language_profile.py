"""One's own name, language and colours."""

import pytest
from django.conf import settings
from django.urls import reverse

pytestmark = pytest.mark.django_db

PROFILE = reverse("profile")
PORTUGUESE = {"Accept-Language": "pt-BR,pt;q=0.9"}


def test_a_teacher_changes_name_and_language(ana, ana_client):
    answer = ana_client.post(PROFILE, {"full_name": " Ana L. ", "language": "en"}, follow=True)

    ana.refresh_from_db()
    assert (ana.full_name, ana.language) == ("Ana L.", "en")
    assert [str(message) for message in answer.context["messages"]] == ["Saved."]


def test_nothing_else_can_be_changed_there(ana, ana_client):
    ana_client.post(
        PROFILE, {"full_name": "Ana", "language": "", "role": "admin", "is_staff": "on"}
    )

    ana.refresh_from_db()
    assert (ana.full_name, ana.role, ana.is_staff) == ("Ana", "user", False)


def test_wrong_input_stays_and_changes_nothing(ana, ana_client):
    answer = ana_client.post(PROFILE, {"full_name": "A" * 101, "language": "xx"})

    ana.refresh_from_db()
    assert "A" * 101 in answer.content.decode()
    assert "at most 100 characters" in answer.content.decode()
    assert (ana.full_name, ana.language) == ("Ana Lima", "")


def test_the_language_of_ones_choice_wins_over_the_browsers(ana, ana_client):
    ana.language = "en"
    ana.save()

    answer = ana_client.get("/", headers=PORTUGUESE)

    assert '<html lang="en"' in answer.content.decode()
    assert answer["Content-Language"] == "en"


def test_without_a_choice_the_browser_decides(ana_client):
    answer = ana_client.get("/", headers=PORTUGUESE)

    assert '<html lang="pt-br"' in answer.content.decode()


def test_a_visitor_without_a_known_language_gets_the_sites(anonymous, settings):
    settings.LANGUAGE_CODE = "pt-br"

    page = anonymous.get(reverse("account_login"), headers={"Accept-Language": "ja"})

    assert '<html lang="pt-br"' in page.content.decode()


def test_a_visitor_chooses_a_language_before_signing_in(anonymous):
    anonymous.post(reverse("set_language"), {"language": "pt-br", "next": "/accounts/login/"})

    page = anonymous.get(reverse("account_login"), headers={"Accept-Language": "en"})

    assert '<html lang="pt-br"' in page.content.decode()


@pytest.mark.parametrize(("theme", "drawn"), [("dark", "dark"), ("light", "light")])
def test_the_colours_are_right_from_the_first_byte(ana_client, theme, drawn):
    answer = ana_client.post(reverse("theme"), {"theme": theme})
    page = ana_client.get("/").content.decode()

    assert answer["Location"] == "/"
    assert f'data-theme="{theme}"' in page
    assert f'data-bs-theme="{drawn}"' in page


def test_colours_that_do_not_exist_change_nothing(ana_client):
    ana_client.post(reverse("theme"), {"theme": "<pink>"})

    assert 'data-theme="auto"' in ana_client.get("/").content.decode()


def test_every_language_is_offered(ana_client):
    page = ana_client.get(PROFILE).content.decode()

    for code, _name in settings.LANGUAGES:
        assert f'value="{code}"' in page
