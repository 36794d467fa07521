"""Every failure has words and advice, in a list that is closed."""

import pytest
from django.utils import translation

from downloads import taxonomy
from downloads.engines.codes import TRANSIENT, Code

# As the specification lists them (DL-7).
CODES = [
    "source.private",
    "source.login_required",
    "source.age_restricted",
    "source.geo_blocked",
    "source.removed",
    "source.not_found",
    "source.unsupported",
    "source.not_a_video",
    "source.not_downloadable",
    "source.quota",
    "source.rate_limited",
    "source.bot_check",
    "network.unreachable",
    "network.timeout",
    "network.interrupted",
    "network.blocked_address",
    "limit.size",
    "limit.duration",
    "limit.stalled",
    "limit.time",
    "disk.full",
    "file.corrupt",
    "credential.needs_consent",
    "credential.missing_scope",
    "job.crashed",
    "job.cancelled",
    "internal",
]


def test_the_list_is_closed():
    assert sorted(taxonomy.ERRORS) == sorted(CODES) == sorted(map(str, Code))


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence_and_advice(code: str):
    kind = taxonomy.ERRORS[code]

    assert kind.message.endswith(".")
    assert kind.advice.endswith(".")
    assert kind.message != kind.advice
    assert kind.retryable == (code in TRANSIENT)


def test_an_explanation_is_said_in_the_readers_language(monkeypatch):
    explanation = taxonomy.explain("source.private")

    with translation.override("en"):
        assert str(explanation.message) == "This video is private."
    with translation.override("pt-br"):
        assert str(explanation.message)


def test_an_unknown_code_is_our_own_mistake():
    assert str(taxonomy.explain("no.such.code").message) == str(
        taxonomy.explain("internal").message
    )


def test_only_what_may_pass_by_itself_is_tried_again():
    assert {code for code in CODES if taxonomy.explain(code).retryable} == {
        "source.quota",
        "source.rate_limited",
        "network.unreachable",
        "network.timeout",
        "network.interrupted",
        "limit.stalled",
        "file.corrupt",
        "job.crashed",
        "internal",
    }
