"""Connect links: an integrator's one-time address, opened by somebody without an account here."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.links import LinkStatus, status_of
from accounts.models import ConnectLink, Credential, User
from accounts.services import connecting
from accounts.tests.browsing import ANA, PRIVATE
from core.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(ana, google) -> str:
    return connecting.create_connect_link(by=ana, bundles=["classroom"], tenant_id="azul")[1]


def follow(browser, client: Client, token: str, account: str = ANA, **how):
    start = client.post(reverse("google:link", args=[token]))
    return browser(client).consent(start, account, **how)


def test_whoever_opens_it_connects_to_its_owner(ana, anonymous, browser, token):
    answer = follow(browser, anonymous, token)

    credential, link = Credential.objects.get(), ConnectLink.objects.get()
    assert answer["Location"] == reverse("google:link-result", args=[token])
    assert (credential.owner, credential.tenant_id, credential.email) == (ana, "azul", ANA)
    assert (link.credential, status_of(link)) == (credential, LinkStatus.CONNECTED)


def test_only_its_fingerprint_is_kept(token):
    assert token not in repr(ConnectLink.objects.values().get())


def test_of_two_who_follow_it_the_first_connects(browser, token):
    first, second = Client(), Client()
    ways = [
        browser(client).way_back(client.post(reverse("google:link", args=[token])), account)
        for client, account in [(first, ANA), (second, PRIVATE)]
    ]

    first.get(ways[0])
    second.get(ways[1])
    assert Credential.objects.get().email == ANA
    assert ConnectLink.objects.get().credential == Credential.objects.get()


def test_it_does_not_outlive_its_ten_minutes(anonymous, browser, token):
    way_back = browser(anonymous).way_back(anonymous.post(reverse("google:link", args=[token])))
    ConnectLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    anonymous.get(way_back)
    assert not Credential.objects.exists()
    assert status_of(ConnectLink.objects.get()) == LinkStatus.EXPIRED


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"go": "deny"}, "cancelled"),
        ({"untick": ["classroom.courses.readonly"]}, "missing_scope"),
    ],
)
def test_its_owner_learns_why_nothing_was_connected(anonymous, browser, token, how, problem):
    follow(browser, anonymous, token, **how)

    link = ConnectLink.objects.get()
    assert (link.problem, status_of(link)) == (problem, LinkStatus.FAILED)
    assert not Credential.objects.exists()


def test_the_link_of_somebody_deactivated_leads_nowhere(ana, anonymous, browser, token):
    way_back = browser(anonymous).way_back(anonymous.post(reverse("google:link", args=[token])))
    User.objects.filter(pk=ana.pk).update(is_active=False)

    anonymous.get(way_back)
    assert not Credential.objects.exists()
    with pytest.raises(NotFound):
        connecting.read_connect_link(token=token)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://portal.example.evil.example/",
        "https://portal.example@evil.example/",
        "https://evil.example\\@portal.example/",
        "http://portal.example/",
        "https://portal.example:444/",
        "javascript:alert(1)",
        "//portal.example/",
        "https://[::1/",
    ],
)
def test_it_leads_back_to_no_place_the_operator_did_not_name(ana, google, settings, address):
    settings.CONNECT_RETURN_ORIGINS = ["https://portal.example"]

    with pytest.raises(Invalid) as refused:
        connecting.create_connect_link(by=ana, bundles=["classroom"], return_url=address)
    assert refused.value.code == "return_url_not_allowed"
    assert not ConnectLink.objects.exists()


@pytest.mark.parametrize(
    "address", ["https://portal.example/done?x=1", "https://PORTAL.example:443/"]
)
def test_it_leads_back_to_a_place_the_operator_named(ana, google, settings, address):
    settings.CONNECT_RETURN_ORIGINS = ["https://portal.example/"]

    connecting.create_connect_link(by=ana, bundles=["classroom"], return_url=address)
    assert ConnectLink.objects.get().return_url == address
