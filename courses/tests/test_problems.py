"""Whatever Google refuses with has words of its own."""

import pytest

from accounts.google.errors import GoogleError, Reason
from courses.classroom.reading import EndlessList
from courses.problems import PROBLEMS, code_of, explain


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_message_and_an_advice(reason: Reason) -> None:
    code = code_of(GoogleError(reason))
    assert code == f"google.{reason.value}"
    assert len(code) <= 40
    assert explain(code).message != explain("internal").message


def test_a_list_without_end_is_a_problem_of_its_own() -> None:
    assert code_of(EndlessList()) == "google.endless_list"
    assert "come to an end" in str(explain("google.endless_list").message)


def test_an_unknown_code_is_our_own_mistake() -> None:
    assert explain("google.unheard_of").message == explain("internal").message
    assert len({problem.message for problem in PROBLEMS.values()}) == len(PROBLEMS)
