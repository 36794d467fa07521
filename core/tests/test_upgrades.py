"""Which version of a package is in use, when several lie beside each other."""

import os
import subprocess
import sys
from datetime import date

import pytest

from core import upgrades


@pytest.fixture
def folder(tmp_path):
    tmp_path = tmp_path / "versions"
    for version in ("2026.9.1", "2026.10.1", "2026.11.1", "2026.12.1"):
        (tmp_path / version).mkdir(parents=True)
    return tmp_path


def active(folder, installed="2026.10.26"):
    path = upgrades.active(folder, installed=installed)
    return path.name if path else None


def test_without_a_choice_the_installed_one_is_used(folder, tmp_path):
    assert active(folder) is None
    assert active(tmp_path / "nothing") is None


def test_a_choice_holds_until_it_is_changed(folder):
    upgrades.switch(folder, "2026.11.1", installed="2026.10.26")
    assert active(folder) == "2026.11.1"
    upgrades.switch(folder, "2026.12.1", installed="2026.10.26")
    assert active(folder) == "2026.12.1"
    assert upgrades.roll_back(folder) == "2026.11.1"
    assert active(folder) == "2026.11.1"
    assert upgrades.roll_back(folder) == "2026.12.1"
    assert active(folder) == "2026.12.1"


def test_one_can_go_back_to_the_installed_one(folder):
    upgrades.switch(folder, "2026.11.1", installed="2026.10.26")
    assert upgrades.roll_back(folder) == upgrades.INSTALLED
    assert active(folder) is None
    upgrades.switch(folder, upgrades.INSTALLED, installed="2026.10.26")
    assert upgrades.roll_back(folder) == "2026.11.1"


def test_an_older_one_can_be_chosen_on_purpose(folder):
    upgrades.switch(folder, "2026.9.1", installed="2026.10.26")
    assert active(folder) == "2026.9.1"


@pytest.mark.parametrize(("chosen", "brought"), [("2026.9.1", "2026.11.5"), ("2026.11.1",) * 2])
def test_a_newer_product_brings_its_own_again(folder, chosen, brought):
    upgrades.switch(folder, chosen, installed="2026.10.26")
    assert active(folder, installed=brought) is None


def test_a_choice_survives_a_product_that_is_still_older(folder):
    upgrades.switch(folder, "2026.12.1", installed="2026.10.26")
    assert active(folder, installed="2026.11.5") == "2026.12.1"


def test_choosing_the_same_twice_keeps_the_way_back(folder):
    upgrades.switch(folder, "2026.11.1", installed="2026.10.26")
    upgrades.switch(folder, "2026.12.1", installed="2026.10.26")
    upgrades.switch(folder, "2026.12.1", installed="2026.10.26")
    assert upgrades.roll_back(folder) == "2026.11.1"


def test_there_is_no_way_back_before_the_first_change(folder):
    with pytest.raises(upgrades.NothingBefore):
        upgrades.roll_back(folder)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"current": {"version": "../../etc", "over": "1"}, "before": null}']
)
def test_a_broken_or_hostile_state_is_none(folder, text):
    (folder / "state.json").write_text(text)
    assert active(folder) is None


def test_a_version_whose_folder_is_gone_is_not_used(folder):
    upgrades.switch(folder, "2026.11.1", installed="2026.10.26")
    (folder / "2026.11.1").rmdir()
    assert active(folder) is None


def test_old_ones_go_but_never_those_in_use(folder):
    upgrades.switch(folder, "2026.9.1", installed="2026.10.26")
    (folder / "2027.1.1").mkdir()
    (folder / "notes").mkdir()
    assert upgrades.forget_old(folder) == ["2026.10.1"]
    left = {path.name for path in folder.iterdir() if path.is_dir()}
    assert left == {"2026.9.1", "2026.11.1", "2026.12.1", "2027.1.1", "notes"}


@pytest.mark.parametrize(
    ("text", "good"),
    [("2026.10.26", True), ("2026.11.1.232843.dev0", True), ("--pre", False), ("1/2", False)],
)
def test_versions_are_told_from_everything_else(text, good):
    assert upgrades.is_version(text) is good


def test_a_version_knows_its_day():
    assert upgrades.date_of("2026.10.26") == date(2026, 10, 26)
    assert upgrades.date_of("2026.13.26") is None
    assert upgrades.date_of("0.8") is None


def test_programs_started_meanwhile_find_it_first(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (tmp_path / "certifi.py").write_text("WHO = 'ours'\n")

    def who() -> str:
        code = "import certifi; print(getattr(certifi, 'WHO', 'installed'))"
        return subprocess.check_output([sys.executable, "-c", code], text=True).strip()

    with upgrades.in_front(tmp_path):
        assert who() == "ours"
    assert who() == "installed"
    assert "PYTHONPATH" not in os.environ
