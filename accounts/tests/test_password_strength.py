"""A password is judged by how many guesses it takes, not by what kinds of letters it has."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

ANA = User(username="ana.lima", email="ana@escola-azul.example", full_name="Ana Lima")


@pytest.mark.parametrize(
    "password",
    [
        "abcdefgh1",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiop12",
        "Passw0rd!x",
        "ana.lima1",
        "Classroom1",
    ],
)
def test_what_is_easily_guessed_is_refused_whatever_letters_it_has(password):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, ANA)
    assert {"password_too_weak", "password_too_similar"} & {
        one.code for one in refusal.value.error_list
    }


@pytest.mark.parametrize(
    "password",
    ["cadeira nuvem sapato", "vento vermelho 7", "a long enough secret", "x" * 40 + "7!q"],
)
def test_no_kind_of_letter_is_asked_for(password):
    validate_password(password, ANA)


def test_one_of_the_greatest_length_is_judged_quickly():
    validate_password("vento vermelho sobre a escola " * 4, ANA)
