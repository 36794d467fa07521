"""Another yt-dlp is used only once downloads work with it, and there is a way back."""

import fcntl
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from monitoring import programs
from monitoring.services import selftest
from monitoring.services.selftest import Trial
from monitoring.tests.wheels import TINY, make_wheel, real_one_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.YTDLP_DIR = tmp_path / "ytdlp"
    return tmp_path / "ytdlp"


@pytest.fixture
def well(monkeypatch):
    """Whatever is tried works."""
    tried: list[Path | None] = []

    def say(overlay):
        tried.append(overlay)
        return [Trial("a file is fetched")]

    monkeypatch.setattr(selftest, "try_downloads", say)
    return tried


def update(**how) -> str:
    out = StringIO()
    call_command("update_ytdlp", stdout=out, stderr=out, **how)
    return out.getvalue()


def test_a_version_that_works_is_used_from_then_on(folder, well, tmp_path):
    installed = programs.installed_ytdlp()
    said = update(wheel=make_wheel(tmp_path, "2099.1.2", TINY))
    assert said == f"  ok     a file is fetched\nyt-dlp {installed} -> 2099.1.2\n"
    assert well == [folder / "2099.1.2"]
    assert programs.active_ytdlp() == "2099.1.2"
    assert (folder / "2099.1.2" / "yt_dlp" / "version.py").exists()
    assert not list(folder.glob(".draft-*"))


def test_rollback_leads_to_what_was_used_before(folder, well, tmp_path):
    installed = programs.installed_ytdlp()
    update(wheel=make_wheel(tmp_path, "2099.1.2", TINY))
    update(wheel=make_wheel(tmp_path, "2099.2.3", TINY))
    assert update(rollback=True) == "yt-dlp 2099.2.3 -> 2099.1.2\n"
    assert update(rollback=True) == "yt-dlp 2099.1.2 -> 2099.2.3\n"
    update(rollback=True)
    assert programs.active_ytdlp() == "2099.1.2"
    assert programs.installed_ytdlp() == installed


def test_there_is_nothing_to_go_back_to_at_first(folder):
    with pytest.raises(CommandError, match="never updated"):
        update(rollback=True)


def test_a_version_that_does_not_load_changes_nothing(folder, well, tmp_path, monkeypatch):
    update(wheel=make_wheel(tmp_path, "2099.1.2", TINY))
    monkeypatch.undo()
    broken = {"yt_dlp/__init__.py": "", "yt_dlp/version.py": "raise ImportError('no such thing')"}
    with pytest.raises(CommandError) as refused:
        update(wheel=make_wheel(tmp_path, "2099.2.3", broken))
    assert "2099.2.3 does not work" in str(refused.value)
    assert "no such thing" in str(refused.value)
    assert "yt-dlp stays at 2099.1.2" in str(refused.value)
    assert programs.active_ytdlp() == "2099.1.2"
    assert not (folder / "2099.2.3").exists()


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: make_wheel(folder, "1.0", {"other.py": ""}, name="other"),
        lambda folder: make_wheel(folder, "2099.1.2", {"other.py": ""}),
        lambda folder: folder / "yt_dlp-2099.1.2-py3-none-any.whl",
    ],
    ids=["another package", "an empty one", "no file"],
)
def test_what_is_not_ytdlp_changes_nothing(folder, well, tmp_path, make):
    with pytest.raises(CommandError, match="stays at"):
        update(wheel=make(tmp_path))
    assert (well, [path.name for path in folder.iterdir()]) == ([], [".lock"])


def test_a_companion_of_another_version_comes_along(folder, well, tmp_path):
    make_wheel(tmp_path, "99.0", {"yt_dlp_ejs/__init__.py": ""}, name="yt_dlp_ejs")
    needs = 'yt-dlp-ejs==99.0; extra == "default"'
    update(wheel=make_wheel(tmp_path, "2099.1.2", TINY, needs=needs))
    assert (folder / "2099.1.2" / "yt_dlp_ejs" / "__init__.py").exists()


def test_one_update_at_a_time(folder, well, tmp_path):
    folder.mkdir()
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another update is under way"):
            update(wheel=make_wheel(tmp_path, "2099.1.2", TINY))


@pytest.mark.parametrize("word", ["--index-url=http://evil", "latest", "../1"])
def test_a_version_is_nothing_but_a_version(folder, word):
    with pytest.raises(CommandError, match="is no version"):
        update(wanted=word)
    assert not folder.exists()


def test_the_installed_one_chosen_by_name_needs_no_folder(folder, well, tmp_path):
    update(wheel=make_wheel(tmp_path, "2099.1.2", TINY))
    installed = programs.installed_ytdlp()
    said = update(wheel=make_wheel(tmp_path, installed, TINY))
    assert said.endswith(f"yt-dlp 2099.1.2 -> {installed}\n")
    assert well[-1] is None


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_real_one_is_tried_with_real_downloads(folder, tmp_path):
    """A file, and a stream of picture and sound, by children that load it from its folder."""
    said = update(wheel=make_wheel(tmp_path, "2099.1.2", real_one_as("2099.1.2")))
    assert said.splitlines()[:3] == [
        "  ok     yt-dlp is loaded",
        "  ok     a file is fetched",
        "  ok     a stream of two parts is fetched",
    ]
    assert programs.active_ytdlp() == "2099.1.2"


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_ytdlp_that_loads_but_cannot_download_is_refused(folder, tmp_path):
    files = real_one_as("2099.1.2")
    files["yt_dlp/downloader/http.py"] += (
        "\n\ndef _fail(self, *a, **k):\n    raise RuntimeError('broken')\n"
        "\n\nHttpFD.real_download = _fail\n"
    )
    with pytest.raises(CommandError, match="does not work: a "):
        update(wheel=make_wheel(tmp_path, "2099.1.2", files))
    assert programs.active_ytdlp() == programs.installed_ytdlp()
    assert not (folder / "2099.1.2").exists()
