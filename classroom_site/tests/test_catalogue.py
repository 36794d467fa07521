"""Everything people read exists in Portuguese, complete and compiled."""

import ast
import gettext
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "locale/pt_BR/LC_MESSAGES"
PLACES = re.compile(r"%(?:\(\w+\))?[sd]|{\w+}")
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))

# The header and what separates a context from its message in a compiled catalogue.
CONTEXT = "\x04"


def entries(path: Path) -> list[dict[str, str]]:
    """The messages of a .po file, each with its fields and, under "", its comments."""
    return [entry for block in path.read_text().split("\n\n")[1:] if (entry := read(block))]


def read(block: str) -> dict[str, str]:
    fields: dict[str, str] = {"": ""}
    name = ""
    for line in block.splitlines():
        if line.startswith("#"):
            fields[""] += line
        elif found := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
            name = found[1]
            fields[name] = ast.literal_eval(found[2])
        elif name:
            fields[name] += ast.literal_eval(line)
    return fields if "msgid" in fields else {}


def key(entry: dict[str, str]) -> str:
    context = entry.get("msgctxt")
    return f"{context}{CONTEXT}{entry['msgid']}" if context else entry["msgid"]


def texts(entry: dict[str, str]) -> list[str]:
    return [text for name, text in entry.items() if name.startswith("msgstr")]


@pytest.fixture(scope="module")
def catalogue() -> list[dict[str, str]]:
    return entries(FOLDER / "django.po")


def test_nothing_is_left_in_english(catalogue):
    missing = [entry["msgid"] for entry in catalogue if not all(texts(entry))]
    guessed = [entry["msgid"] for entry in catalogue if "fuzzy" in entry[""]]

    assert (missing, guessed) == ([], [])


def test_every_translation_keeps_the_places_for_names_and_numbers(catalogue):
    for entry in catalogue:
        wanted = set(PLACES.findall(entry["msgid"]))
        for text in texts(entry):
            assert set(PLACES.findall(text)) == wanted, entry["msgid"]


def test_the_compiled_catalogue_is_of_the_same_day(catalogue):
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    said = dict(compiled._catalog)  # type: ignore[attr-defined]
    said.pop("")
    expected: dict[object, str] = {}
    for entry in catalogue:
        if "msgid_plural" in entry:
            expected |= {(key(entry), place): text for place, text in enumerate(texts(entry))}
        else:
            expected[key(entry)] = texts(entry)[0]
    assert said == expected


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext")
def test_the_catalogue_holds_what_the_code_says_and_no_more(
    catalogue, tmp_path, monkeypatch, settings
):
    leave = shutil.ignore_patterns("tests", "__pycache__", "migrations")
    for name in (*APPS, "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=leave)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    (tmp_path / "locale").mkdir()
    monkeypatch.chdir(tmp_path)

    call_command(
        "makemessages",
        locale=["pt_BR"],
        extensions=["html", "txt", "py", "webmanifest"],
        verbosity=0,
    )

    found = entries(tmp_path / "locale/pt_BR/LC_MESSAGES/django.po")
    assert {key(entry) for entry in found} == {key(entry) for entry in catalogue}
