"""Titles become file names every system takes, and headers nobody misreads."""

from urllib.parse import unquote

import pytest

from library.filenames import disposition, safe_filename


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Aula 1.mp4", "Aula 1.mp4"),
        ("Frações & Decimais.mp4", "Frações & Decimais.mp4"),
        ("Fra\u0063\u0327o\u0303es.mp4", "Frações.mp4"),
        ("🎬 Aula 👩‍🏫.mp4", "🎬 Aula 👩‍🏫.mp4"),
        ("gpj.\u202eexe.mp4", "gpj.exe.mp4"),
        ("\u2066Aula\u2069\u200f.mp4", "Aula.mp4"),
        ('"quoted"; name=x.mp4', "_quoted__ name=x.mp4"),
        ("a/b\\c:d*e?f<g>h|i.mp4", "a_b_c_d_e_f_g_h_i.mp4"),
        ("line\r\nSet-Cookie: a=b\tc.mp4", "line Set-Cookie_ a=b c.mp4"),
        ("nul\0byte\x7f.mp4", "nul byte.mp4"),
        ("../../etc/passwd.mp4", "_.._etc_passwd.mp4"),
        ("...mp4", "video.mp4"),
        (" .mp4", "video.mp4"),
        ("", "video"),
        ("Title without end", "Title without end"),
        ("Ends with dots... .mp4", "Ends with dots.mp4"),
        ("CON.mp4", "_CON.mp4"),
        ("aux", "_aux"),
        ("com1.tar.mp4", "_com1.tar.mp4"),
        ("Context.mp4", "Context.mp4"),
        ("half \ud83d pair.mp4", "half pair.mp4"),
        ("50%.mp4", "50_.mp4"),
    ],
)
def test_a_title_becomes_a_name(title, name):
    assert safe_filename(title) == name


@pytest.mark.parametrize("letter", ["a", "é", "字", "🎬", "e\u0301\u0302"])
def test_a_long_title_is_cut_between_letters_and_keeps_its_extension(letter):
    name = safe_filename(letter * 300 + ".webm")
    assert 200 < len(name.encode()) <= 255
    assert name.endswith(".webm")
    assert "\ufffd" not in name


@pytest.mark.parametrize(
    ("title", "header"),
    [
        ("Aula 1.mp4", "inline; filename=\"Aula 1.mp4\"; filename*=UTF-8''Aula%201.mp4"),
        (
            "Frações.mp4",
            "inline; filename=\"Fracoes.mp4\"; filename*=UTF-8''Fra%C3%A7%C3%B5es.mp4",
        ),
        ("字🎬.mp4", "inline; filename=\"_.mp4\"; filename*=UTF-8''%E5%AD%97%F0%9F%8E%AC.mp4"),
        ("½.mp4", "inline; filename=\"1_2.mp4\"; filename*=UTF-8''%C2%BD.mp4"),
    ],
)
def test_a_header_says_the_name_in_ascii_and_as_it_is(title, header):
    assert disposition(title, attachment=False) == header


def test_no_title_breaks_out_of_the_header():
    for title in ('"; filename=evil.exe', "a\r\nX-Evil: 1", "a';b=c", "\\", "％22.mp4"):
        header = disposition(title, attachment=True)
        kind, plain, encoded = header.split("; ")
        assert header.isascii()
        assert header.isprintable()
        assert kind == "attachment"
        assert plain.count('"') == 2
        assert unquote(encoded.removeprefix("filename*=UTF-8''")) == safe_filename(title)
