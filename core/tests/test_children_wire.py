"""Lines are put together from any pieces, and nothing unbounded is ever held."""

import pytest

from core.children.wire import MAX_LINE_BYTES, Lines, ProtocolError, pack


def test_messages_come_out_whole_whatever_the_pieces():
    data = pack({"a": 1}) + pack({"b": "ção"}) + pack({"c": None})

    for size in (1, 2, 7, len(data)):
        lines = Lines()
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        heard = [message for piece in pieces for message in lines.feed(piece)]
        assert heard == [{"a": 1}, {"b": "ção"}, {"c": None}]


def test_an_unfinished_line_waits():
    lines = Lines()

    assert lines.feed(b'{"a":') == []
    assert lines.feed(b" 1}") == []
    assert lines.feed(b"\n") == [{"a": 1}]


def test_empty_lines_are_nothing():
    assert Lines().feed(b"\n \n{}\n") == [{}]


@pytest.mark.parametrize("data", [b"nonsense\n", b"[1]\n", b"1\n", b"\xff\xfe\n"])
def test_what_is_no_object_is_refused(data: bytes):
    with pytest.raises(ProtocolError):
        Lines().feed(data)


def test_a_line_without_end_is_refused():
    lines = Lines()
    lines.feed(b"x" * MAX_LINE_BYTES)

    with pytest.raises(ProtocolError, match="too long"):
        lines.feed(b"x")
