"""Changing the key under which secrets are stored."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Credential
from accounts.tests.build import make_credential

pytestmark = pytest.mark.django_db

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _old_key(settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM accounts_credential WHERE secrets IS NOT NULL")
        return [row[0] for row in cursor.fetchall()]


def test_afterwards_the_new_key_alone_opens_everything(ana, settings):
    rows = [make_credential(ana) for _ in range(3)]
    make_credential(ana, secrets=None)
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    assert "accounts.Credential.secrets: 3 encrypted anew" in rotate()
    settings.ENCRYPTION_KEYS = [NEW]
    assert [Credential.objects.get(pk=row.pk).secrets for row in rows] == [
        row.secrets for row in rows
    ]


def test_more_rows_than_a_batch(ana, settings, monkeypatch):
    monkeypatch.setattr("core.management.commands.rotate_keys._BATCH", 2)
    for _ in range(5):
        make_credential(ana)
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    assert "5 encrypted anew" in rotate()
    assert all(Fernet(NEW).decrypt(sealed) for sealed in stored())


def test_a_secret_that_nothing_opens_is_named_and_left_alone(ana, settings):
    lost = make_credential(ana)
    before = stored()
    settings.ENCRYPTION_KEYS = [NEW]
    kept = make_credential(ana)

    with pytest.raises(CommandError, match="opens 1 secrets") as e:
        rotate()
    assert str(lost.pk) in str(e.value)
    assert before[0] in stored()
    assert Credential.objects.get(pk=kept.pk).secrets == kept.secrets


def test_whoever_writes_meanwhile_is_not_overwritten(ana, settings, monkeypatch):
    """A token is renewed between reading and writing the row: the newer one stays."""
    row = make_credential(ana)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    from core import crypto

    newer = {**row.secrets, "access_token": "ya29.newer"}
    real, busy = crypto.rotate, [True]

    def slow(sealed: str) -> str:
        if busy.pop() if busy else False:
            Credential.objects.filter(pk=row.pk).update(secrets=newer)
        return real(sealed)

    monkeypatch.setattr(crypto, "rotate", slow)
    rotate()
    settings.ENCRYPTION_KEYS = [NEW]
    assert Credential.objects.get().secrets == newer
