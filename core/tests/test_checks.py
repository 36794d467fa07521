"""What somebody sets in the belief that it does something is answered at the start."""

from core.checks import names_that_are_not_read


def test_a_name_of_an_older_system_is_answered_with_what_to_do(monkeypatch):
    monkeypatch.setenv("DB_HOST", "db.example")
    monkeypatch.setenv("STORAGE_URL", "secret")
    said = [message.msg for message in names_that_are_not_read()]
    assert said == [
        "DB_HOST is not read: set DATABASE_URL.",
        "STORAGE_URL is not read: this version does not use it yet.",
    ]
