"""The certificates of the world are read once, and trusted no less for that."""

import ssl
from pathlib import Path

import certifi
import pytest

from downloads.engines import trust

PUBLIC = {"verify": True, "use_certifi": True}


@pytest.fixture(autouse=True)
def nothing_read_yet(monkeypatch) -> None:
    monkeypatch.setattr(trust, "_contexts", {})
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


def test_the_same_wishes_give_the_same_context_and_it_verifies():
    first = trust._context(**PUBLIC, legacy_support=None)

    assert trust._context(**PUBLIC, legacy_support=False) is first
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert first.cert_store_stats()["x509_ca"] > 100


def test_authorities_of_the_operator_make_another_one(monkeypatch, tmp_path):
    first = trust._context(**PUBLIC)
    alone = tmp_path / "one.pem"
    text = Path(certifi.where()).read_text()
    end = "-----END CERTIFICATE-----"
    alone.write_text(text[: text.index(end) + len(end)] + "\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(alone))

    second = trust._context(verify=True, use_certifi=False)

    assert second is not first
    assert second.cert_store_stats()["x509_ca"] == 1


def test_who_does_not_verify_gets_a_context_of_its_own():
    assert trust._context(**PUBLIC) is not trust._context(verify=False, use_certifi=True)
