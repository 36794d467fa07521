"""What `./run demo` says before the product is ready, and what it points the product to."""

import os

import pytest

from sandbox import demo


def test_the_first_full_address_is_left_to_the_product_that_is_ready(capsys):
    demo._explain("./var/demo")

    said = capsys.readouterr().out
    assert "://" not in said
    assert "  helena@escola.example  teaches" in said
    assert "  www.youtube.com/watch?v=fracoesAul1  Frações" in said
    assert (
        "  DATA_DIR=./var/demo ./run manage create_api_key --username professora --name test"
        " --scopes downloads:read,downloads:write,subscriptions:write,library:read,courses:read,"
        "courses:write,credentials:read,credentials:write\n"
    ) in said


@pytest.mark.parametrize("own", ["", "http://127.0.0.1:9"])
def test_the_product_is_pointed_to_the_played_google_unless_told_otherwise(monkeypatch, own):
    names = ("GOOGLE_ROOT_URL", "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")
    for name in names:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    if own:
        monkeypatch.setenv("GOOGLE_ROOT_URL", own)

    demo._point_to_google("http://127.0.0.1:5")
    told = tuple(os.environ.get(name) for name in names)
    if own:
        assert told == (own, None, None)
    else:
        assert told == ("http://127.0.0.1:5", "sandbox-client", "sandbox-secret")
