"""The second factor: set up, asked for at the sign-in, and what happens without the phone."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from cryptography.fernet import Fernet
from django.contrib.auth import get_user
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.deeds import Deed
from accounts.models import AuditEntry
from accounts.services import second_factor
from conftest import PASSWORD
from core.errors import TooMany

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE_PAGE = reverse("mfa_authenticate")


def code_at(moment: float | None = None, secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int((moment or time.time()) // 30)))


@pytest.fixture
def app(ana) -> Authenticator:
    """Ana's phone."""
    one = TOTP.activate(ana, SECRET).instance
    RecoveryCodes.activate(ana)
    return one


@pytest.fixture(autouse=True)
def clock():
    """Codes change every half minute, tests do not wait for it."""
    with time_machine.travel(1_800_000_010, tick=False) as clock:
        yield clock


def password(client):
    return client.post(reverse("account_login"), {"login": "ana", "password": PASSWORD})


def prove(client):
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def test_a_teacher_sets_it_up(ana, ana_client, django_capture_on_commit_callbacks):
    assert "off" in ana_client.get(reverse("profile")).content.decode()
    assert ana_client.get(reverse("mfa_activate_totp")).status_code == 302
    prove(ana_client)

    page = ana_client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"data-secret>(\w+)<", page).group(1)
    with django_capture_on_commit_callbacks(execute=True):
        answer = ana_client.post(reverse("mfa_activate_totp"), {"code": code_at(secret=secret)})

    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(
        r"<code>(\d{8})</code>", ana_client.get(answer["Location"]).content.decode()
    )
    assert len(set(codes)) == 10
    assert second_factor.is_on(ana)
    deeds = AuditEntry.objects.values_list("action", flat=True)
    assert {Deed.TOTP_ON, Deed.RECOVERY_CODES_MADE} <= set(deeds)
    assert {message.to[0] for message in mail.outbox} == {"ana@example.org"}


def test_a_wrong_first_code_sets_nothing_up(ana, ana_client):
    prove(ana_client)
    ana_client.get(reverse("mfa_activate_totp"))

    answer = ana_client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert "Incorrect code" in answer.content.decode()
    assert not second_factor.is_on(ana)


def test_its_secrets_are_nowhere_in_the_clear(ana, ana_client):
    prove(ana_client)
    page = ana_client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"data-secret>(\w+)<", page).group(1)
    assert secret not in str(dict(ana_client.session))

    ana_client.post(reverse("mfa_activate_totp"), {"code": code_at(secret=secret)})

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "gAAAA" in kept


def test_the_password_alone_opens_nothing(ana, app):
    client = Client()

    answer = password(client)

    assert answer["Location"] == CODE_PAGE
    assert get_user(client).is_anonymous
    assert client.get(reverse("profile")).status_code == 302
    assert not AuditEntry.objects.filter(action=Deed.SIGNED_IN).exists()


def test_the_code_does(ana, app):
    client = Client()
    password(client)

    answer = client.post(CODE_PAGE, {"code": code_at()})

    assert answer["Location"] == "/"
    assert get_user(client) == ana
    assert AuditEntry.objects.get(action=Deed.SIGNED_IN).actor_id == ana.pk


def test_a_code_is_good_once(ana, app):
    clients = [Client(), Client()]
    for client in clients:
        password(client)
        client.post(CODE_PAGE, {"code": code_at()})

    assert [get_user(client).is_authenticated for client in clients] == [True, False]


@pytest.mark.parametrize(("seconds", "good"), [(-61, False), (-30, True), (30, True), (61, False)])
def test_clocks_may_be_half_a_minute_apart(ana, app, seconds, good):
    assert second_factor.check(user=ana, code=code_at(time.time() + seconds)) is good


@pytest.mark.parametrize("write", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_a_code_is_understood_however_it_is_typed(ana, app, write):
    assert second_factor.check(user=ana, code=write.format(code_at()))
    assert not second_factor.check(user=ana, code=code_at())


@pytest.mark.parametrize("code", ["", " ", "x", "١٢٣٤٥٦", "\0", "9" * 5000])
def test_what_is_no_code_is_wrong(ana, app, code):
    assert not second_factor.check(user=ana, code=code)


def test_a_recovery_code_is_good_once(ana, app):
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()

    assert [second_factor.check(user=ana, code=codes[3]) for _ in range(2)] == [True, False]
    assert second_factor.check(user=ana, code=codes[4])


def test_after_five_wrong_codes_even_the_right_one_waits(ana, app, clock):
    client = Client()
    password(client)
    for _ in range(5):
        assert client.post(CODE_PAGE, {"code": "000000"}).status_code == 200

    answer = client.post(CODE_PAGE, {"code": code_at()})

    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert get_user(client).is_anonymous
    with pytest.raises(TooMany):
        second_factor.check(user=ana, code=code_at())
    failed = AuditEntry.objects.filter(action=Deed.SIGN_IN_FAILED, owner_id=ana.pk)
    assert failed.count() == 5
    clock.shift(301)
    assert second_factor.check(user=ana, code=code_at())


def test_it_is_turned_off_with_the_password_or_a_code(ana, ana_client, app):
    off = reverse("mfa_deactivate_totp")
    assert ana_client.post(off).status_code == 302
    assert second_factor.is_on(ana)
    ana_client.post(reverse("mfa_reauthenticate"), {"code": code_at()})

    ana_client.post(off)

    assert not second_factor.is_on(ana)
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.filter(action=Deed.TOTP_OFF, owner_id=ana.pk).count() == 1


def test_new_recovery_codes_end_the_old_ones(ana, ana_client, app):
    old = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()
    prove(ana_client)

    ana_client.post(reverse("mfa_generate_recovery_codes"))

    assert not second_factor.check(user=ana, code=old[0])


def test_staff_may_be_required_to_have_it(ana, clara, settings):
    assert not second_factor.is_missing(clara)
    settings.STAFF_NEED_SECOND_FACTOR = True
    assert second_factor.is_missing(clara)
    assert not second_factor.is_missing(ana)
    TOTP.activate(clara, SECRET)
    assert not second_factor.is_missing(clara)


def test_its_secrets_move_to_a_new_key(ana, app, settings):
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()
    new = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]

    call_command("rotate_keys")

    settings.ENCRYPTION_KEYS = [new]
    assert second_factor.check(user=ana, code=code_at())
    assert second_factor.check(user=ana, code=codes[0])


def test_a_secret_that_no_key_opens_is_named(ana, app, settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match=f"mfa.Authenticator.data of row {app.pk}"):
        call_command("rotate_keys")
