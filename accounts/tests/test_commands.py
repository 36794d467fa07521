"""The operator's commands: one clear line when they refuse, the key alone when they give one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiKey, User

PERSON = ["--username", "davi", "--email", "davi@example.org"]
KEY = ["--username", "ana", "--name", "portal", "--scopes", "downloads:read, library:read"]


def run(*words, stdin="", monkeypatch=None) -> str:
    out = StringIO()
    if monkeypatch is not None:
        monkeypatch.setattr("sys.stdin", StringIO(stdin))
    call_command(*words, stdout=out)
    return out.getvalue()


def test_an_account_is_made_with_the_password_from_standard_input(db, monkeypatch):
    words = [*PERSON, "--role", "admin", "--full-name", "Davi", "--password-stdin"]
    run("create_user", *words, stdin="a long enough secret\n", monkeypatch=monkeypatch)
    user = User.objects.get()
    assert (user.username, user.email, user.role) == ("davi", "davi@example.org", "admin")
    assert user.full_name == "Davi"
    assert user.check_password("a long enough secret")


def test_without_a_terminal_nothing_is_asked(db, monkeypatch):
    with pytest.raises(CommandError, match="--password-stdin"):
        run("create_user", *PERSON, stdin="a long enough secret\n", monkeypatch=monkeypatch)
    assert not User.objects.exists()


def test_at_a_terminal_the_password_is_asked_for_twice(db, monkeypatch):
    class Terminal(StringIO):
        def isatty(self):
            return True

    answers = iter(["a long enough secret", "another one", "a long enough secret"] * 2)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda *_prompt: next(answers))
    with pytest.raises(CommandError, match="differ"):
        run("create_user", *PERSON)
    run("create_user", *PERSON)
    assert User.objects.get().check_password("a long enough secret")


def test_what_is_wrong_with_an_account_is_one_line(ana, monkeypatch):
    words = ["--username", "ana", "--email", "nobody", "--password-stdin"]
    with pytest.raises(CommandError) as refusal:
        run("create_user", *words, stdin="short\n", monkeypatch=monkeypatch)
    told = str(refusal.value)
    assert "\n" not in told
    assert "username: This username is taken." in told
    assert "email: Enter a valid email address." in told
    assert "password: This password is too short." in told
    assert User.objects.count() == 1


def test_a_key_alone_is_printed_and_works(ana):
    printed = run("create_api_key", *KEY)
    secret = printed.strip()
    assert printed == f"{secret}\n"
    assert ApiKey.objects.get().scopes == ["downloads:read", "library:read"]
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/downloads").status_code == 200


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"--username": "nobody"}, "There is no active user nobody."),
        ({"--name": " "}, "name: Give the key a name"),
        ({"--scopes": "downloads:fly"}, "scopes: There is no such scope: downloads:fly"),
        ({"--scopes": ","}, "scopes: Choose at least one scope."),
        ({"--scopes": "admin"}, "Only staff may have a key with the scope admin."),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_in_one_line(ana, over, said):
    words = dict(zip(KEY[::2], KEY[1::2], strict=True)) | over
    with pytest.raises(CommandError) as refusal:
        run("create_api_key", *[word for pair in words.items() for word in pair])
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not ApiKey.objects.exists()
