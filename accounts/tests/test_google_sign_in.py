"""Signing in with Google: whom it lets in, and as whom."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import Credential, User
from accounts.services import signing_up
from accounts.tests.browsing import ANA, PRIVATE
from conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(ana: User) -> User:
    """Her school's Google vouches for her address."""
    User.objects.filter(pk=ana.pk).update(email=ANA)
    ana.refresh_from_db()
    return ana


def test_a_teacher_signs_in_with_her_schools_account(ana, anonymous, browser):
    answer = browser(anonymous).sign_in()

    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert get_user(anonymous) == ana
    assert SocialAccount.objects.get().user == ana
    assert not Credential.objects.exists()


def test_she_keeps_her_password(ana, anonymous, browser):
    EmailAddress.objects.create(user=ana, email=ANA, verified=False)
    browser(anonymous).sign_in()

    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_who_signed_up_with_her_address_before_her_is_locked_out(
    anonymous, browser, google, settings
):
    settings.SIGN_UP = "open"
    theirs = "horse battery staple"
    signing_up.register(email=ANA, password=theirs, full_name="Not Ana")

    answer = browser(anonymous).sign_in()

    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert get_user(anonymous) == (user := User.objects.get())
    assert not user.has_usable_password()
    login = {"username": ANA, "password": theirs}
    refused = Client().post("/api/v1/auth/login", login, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_credentials")


def test_google_does_not_stand_for_the_second_factor(ana, anonymous, browser):
    TOTP.activate(ana, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

    answer = browser(anonymous).sign_in()

    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_authenticate"))
    assert get_user(anonymous).is_anonymous
    assert anonymous.get("/api/v1/auth/profile").status_code == 401


def test_google_is_asked_for_no_more_than_who_it_is(ana, anonymous, google):
    address = reverse("google_login") + "?scope=https://www.googleapis.com/auth/drive"
    answer = anonymous.post(f"{address}&auth_params=access_type=offline&process=connect")

    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    assert asked["access_type"] == ["online"]
    assert asked["code_challenge_method"] == ["S256"]


def test_a_link_alone_does_not_begin_a_sign_in(anonymous, google):
    assert anonymous.get(reverse("google_login")).status_code == 405


def test_who_is_known_by_her_google_id_may_change_her_address(ana, anonymous, browser, google):
    browser(anonymous).sign_in()
    SocialAccount.objects.update(extra_data={})
    User.objects.filter(pk=ana.pk).update(email="ana.lima@escola.example")
    again = Client()

    browser(again).sign_in()
    assert get_user(again) == ana


def test_another_google_account_with_her_address_is_not_her(ana, anonymous, browser):
    """An address may be given to somebody else; the id may not."""
    SocialAccount.objects.create(user=ana, provider="google", uid="1")

    answer = browser(anonymous).sign_in()
    assert answer.status_code == 403
    assert get_user(anonymous).is_anonymous
    assert SocialAccount.objects.get().uid == "1"


@pytest.mark.parametrize("address", [PRIVATE, "ANA.PRIVADA@gmail.com"])
def test_google_vouches_for_its_own_addresses(ana, anonymous, browser, address):
    User.objects.filter(pk=ana.pk).update(email=address)

    browser(anonymous).sign_in(PRIVATE)
    assert get_user(anonymous) == ana


@pytest.mark.parametrize("hd", ["", "other.example"])
def test_google_does_not_vouch_for_an_address_elsewhere(ana, anonymous, browser, google, hd):
    google.user(ANA, "Not Ana", hd=hd)

    answer = browser(anonymous).sign_in()
    assert answer.status_code == 403
    assert get_user(anonymous).is_anonymous
    assert not SocialAccount.objects.exists()


def test_whoever_has_no_account_here_is_told_that_sign_up_is_closed(ana, anonymous, browser):
    answer = browser(anonymous).sign_in(PRIVATE)

    assert answer.status_code == 403
    assert "account/signup_closed.html" in [template.name for template in answer.templates]
    assert list(User.objects.all()) == [ana]
    assert get_user(anonymous).is_anonymous


def test_whoever_was_deactivated_stays_outside(ana, anonymous, browser):
    User.objects.filter(pk=ana.pk).update(is_active=False)

    answer = browser(anonymous).sign_in()
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_inactive"))
    assert get_user(anonymous).is_anonymous
    assert not SocialAccount.objects.exists()


def test_saying_no_leads_back_to_the_sign_in(ana, anonymous, browser):
    answer = browser(anonymous).sign_in(go="deny")

    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))
    assert "Google was told no" in str(next(iter(get_messages(answer.wsgi_request))))


@pytest.mark.parametrize("query", ["", "?state=foreign&code=4/x", "?code=4/x", "?error=server"])
def test_a_return_nobody_began_lets_nobody_in(ana, anonymous, google, query):
    answer = anonymous.get(reverse("google_callback") + query)

    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))
    assert get_user(anonymous).is_anonymous
    assert google.calls("/token") == 0


def test_a_return_works_once(ana, anonymous, browser, google):
    way_back = browser(anonymous).way_back(anonymous.post(reverse("google_login")))
    anonymous.get(way_back)
    anonymous.logout()

    assert anonymous.get(way_back)["Location"] == reverse("account_login")
    assert get_user(anonymous).is_anonymous
    assert google.calls("/token") == 1


def test_a_return_to_another_browser_lets_nobody_in(ana, anonymous, browser, google):
    way_back = browser(anonymous).way_back(anonymous.post(reverse("google_login")))

    other = Client()
    assert other.get(way_back)["Location"] == reverse("account_login")
    assert get_user(other).is_anonymous
    assert google.calls("/token") == 0


@pytest.mark.parametrize(
    "error", ["unavailable", "not_json", "html502", "hang_up", "invalid_grant"]
)
def test_whatever_google_answers_nobody_sees_a_crash(ana, anonymous, browser, google, error):
    google.fail("POST /token", error)

    answer = browser(anonymous).sign_in()
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))
    assert get_user(anonymous).is_anonymous


def test_without_a_google_client_nothing_is_begun(anonymous, google, settings):
    settings.GOOGLE_CLIENT_ID = ""

    assert anonymous.post(reverse("google_login")).status_code == 409


def test_the_registered_address_is_the_way_back(anonymous, google, settings):
    settings.GOOGLE_REDIRECT_URI = "https://videos.school.example/accounts/google/login/callback/"

    answer = anonymous.post(reverse("google_login"))
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["redirect_uri"] == [settings.GOOGLE_REDIRECT_URI]


def test_the_cookie_comes_along_on_the_way_back(anonymous, google):
    """SameSite=Strict would not be sent when Google leads back."""
    answer = anonymous.post(reverse("google_login"))

    assert answer.cookies["sessionid"]["samesite"] == "Lax"
