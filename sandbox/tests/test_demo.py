"""What `./run demo` says before the product is ready."""

from sandbox import demo


def test_the_first_full_address_is_left_to_the_product_that_is_ready(capsys):
    demo._explain("./var/demo")

    said = capsys.readouterr().out
    assert "://" not in said
    assert "  www.youtube.com/watch?v=fracoesAul1  Frações" in said
    assert (
        "  DATA_DIR=./var/demo ./run manage create_api_key --username professora --name test"
        " --scopes downloads:read,downloads:write,library:read\n"
    ) in said
