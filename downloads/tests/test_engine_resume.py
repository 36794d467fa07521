"""A killed download goes on where it was, and its result is right to the byte."""

import hashlib
import json
import os
import signal
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from core.children.client import ForkServer
from core.tests.children import eventually, group_of, hear, is_gone, is_running, lose, pid_of
from downloads.engines import fragments
from downloads.tests.fetching import BAD, VIDEOS, YOUTUBE, Fetcher
from sandbox.playground import Sandbox
from sandbox.sites import youtube

SIZE = 2_000_000
PIECES = 20
# A good second for the whole file: long enough to be caught half-way.
SLOW = f"{VIDEOS}/unique/lesson/{SIZE}.mp4?rate=1500000"


def test_a_direct_file_goes_on_by_range(fetcher: Fetcher):
    fetcher.kill_when(fetcher.launch(SLOW, "direct"), SIZE // 3)
    held = fetcher.partial_bytes()
    fetcher.sandbox.reset()

    done = fetcher.done(SLOW, "direct")

    assert done["sha256"] == fetcher.sandbox.unique("lesson", SIZE).sha256()
    last = fetcher.sandbox.log.requests("/unique/lesson/")[-1]
    assert last.headers["Range"] == f"bytes={held}-"
    assert last.sent == SIZE - held


@pytest.mark.slow
def test_a_host_without_ranges_sends_it_all_again(fetcher: Fetcher):
    url = f"{BAD}/droponce/lesson.mp4?size={SIZE}&rate=1500000&ranges=0&at=99"
    fetcher.kill_when(fetcher.launch(url, "direct"), SIZE // 4)

    done = fetcher.done(url, "direct")

    assert done["sha256"] == fetcher.sandbox.unique("lesson", SIZE).sha256()


@pytest.mark.slow
def test_youtubes_two_parts_go_on_by_range(fetcher: Fetcher, monkeypatch):
    monkeypatch.setattr(youtube, "_SLOW_SECONDS", 1.5)
    clean = fetcher.done(f"{YOUTUBE}okvideo0001", "youtube")  # the same media
    fetcher.workdir = fetcher.workdir.with_name("killed")
    video = fetcher.sandbox.media.test_clip.file("video.mp4")
    assert video

    fetcher.kill_when(fetcher.launch(f"{YOUTUBE}slowvideo01", "youtube"), 150_000)
    held = fetcher.partial_bytes()
    fetcher.sandbox.reset()
    done = fetcher.done(f"{YOUTUBE}slowvideo01", "youtube")

    assert held < video.stat().st_size
    assert done["sha256"] == clean["sha256"]
    first = fetcher.sandbox.log.requests("videoplayback")[0]
    assert first.headers["Range"].startswith(f"bytes={held}-")


def test_a_stream_goes_on_at_its_piece(fetcher: Fetcher):
    url = stream(fetcher, seconds=1.5)
    clean = fetcher.done(stream(fetcher, seconds=0.01), "direct")
    fetcher.workdir = fetcher.workdir.with_name("killed")

    fetcher.kill_when(fetcher.launch(url, "direct"), 400_000)
    fetcher.sandbox.reset()
    done = fetcher.done(url, "direct")

    assert done["sha256"] == clean["sha256"]
    log = fetcher.sandbox.log.requests(f"{VIDEOS}/hls/seg000.ts")
    ranges = [entry.headers["Range"] for entry in log if entry.url.startswith(VIDEOS)]
    assert not any(asked.startswith("bytes=0-") for asked in ranges)
    assert 0 < len(ranges) < PIECES


def stream(fetcher: Fetcher, seconds: float) -> str:
    """A playlist of ranges of one file, fetched four at a time."""
    file = fetcher.sandbox.media.test_clip.file("hls/seg000.ts")
    assert file
    size = file.stat().st_size
    step = -(-size // PIECES)
    lines = ["#EXTM3U", "#EXT-X-VERSION:4", "#EXT-X-TARGETDURATION:2"]
    for start in range(0, size, step):
        lines.append("#EXTINF:0.5,")
        lines.append(f"#EXT-X-BYTERANGE:{min(step, size - start)}@{start}")
        lines.append(f"{VIDEOS}/hls/seg000.ts?rate={int(size / seconds / 4)}")
    return f"{BAD}/text/x.m3u8?body=" + quote("\\n".join([*lines, "#EXT-X-ENDLIST"]))


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["piece twice", "note lost", "note torn", "nothing noted"])
def test_a_stream_killed_at_any_moment_has_no_piece_twice(fetcher: Fetcher, damage: str):
    """The moments between the steps in which yt-dlp writes a piece and its number."""
    url = stream(fetcher, seconds=1.5)
    clean = fetcher.done(stream(fetcher, seconds=0.01), "direct")
    fetcher.workdir = fetcher.workdir.with_name("killed")
    fetcher.kill_when(fetcher.launch(url, "direct"), 400_000)
    partial = fetcher.workdir / "temp" / "part-0.part"
    note = fetcher.workdir / "temp" / "part-0.ytdl"
    if damage == "piece twice":
        with partial.open("ab") as file:
            file.write(b"the next piece, whose number was not noted")
    elif damage == "note lost":
        note.unlink()
    elif damage == "note torn":
        note.write_text(note.read_text()[:20])
    else:
        note.write_text(json.dumps({"downloader": {"current_fragment": {"index": 1}}}))

    assert fetcher.done(url, "direct")["sha256"] == clean["sha256"]


def test_a_complete_part_that_was_not_renamed_yet_is_no_dead_end(fetcher: Fetcher):
    """The host answers 416 to whoever asks for what follows the end."""
    url = f"{VIDEOS}/unique/lesson/400000.mp4"
    first = fetcher.done(url, "direct")
    part = fetcher.workdir / "temp" / "part-0"
    part.rename(part.with_name("part-0.part"))

    assert fetcher.done(url, "direct")["sha256"] == first["sha256"]


def test_a_file_that_changed_at_its_source_is_begun_again(fetcher: Fetcher):
    """Within one run: the connection breaks and the rest belongs to a newer file."""
    url = f"{BAD}/changed/lesson.mp4?size=900000"

    done = fetcher.done(url, "direct")

    assert done["sha256"] == newest(fetcher, url)


def test_a_file_that_changed_between_two_runs_is_begun_again(fetcher: Fetcher):
    url = f"{BAD}/changed/lesson.mp4?size=900000"
    killed = fetcher.launch(url, "direct", limits={"retries": 0})
    assert hear(killed)[-1]["code"] == "network.interrupted"
    assert 300_000 < fetcher.partial_bytes() <= 450_000

    done = fetcher.done(url, "direct")

    assert done["sha256"] == newest(fetcher, url)


def newest(fetcher: Fetcher, url: str) -> str:
    """Of what the host sends now, fetched in one piece into another folder."""
    other = fetcher.workdir.with_name("other")
    fetcher.workdir = other
    done = fetcher.done(url, "direct")
    file = other / "publish" / done["file"]
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_what_was_begun_for_another_choice_is_not_continued(fetcher: Fetcher):
    fetcher.kill_when(fetcher.launch(SLOW, "direct", fingerprint="one"), SIZE // 4)
    fetcher.sandbox.reset()

    fetcher.kill_when(fetcher.launch(SLOW, "direct", fingerprint="two"), 100_000)

    assert all(
        "Range" not in entry.headers for entry in fetcher.sandbox.log.requests("/unique/lesson/")
    )


def test_a_finished_download_that_was_not_handed_over_is_not_fetched_again(fetcher: Fetcher):
    url = f"{VIDEOS}/unique/lesson/400000.mp4"
    first = fetcher.done(url, "direct")
    fetcher.sandbox.reset()

    second = fetcher.done(url, "direct")

    assert second["sha256"] == first["sha256"]
    assert len(fetcher.sandbox.log.requests("/unique/lesson/")) == 1  # it was looked at only


def test_closing_the_connection_ends_the_whole_group_at_once(fetcher: Fetcher):
    child = fetcher.launch(SLOW, "direct")
    hear(child, "progress")
    group = group_of(pid_of(child))
    started = time.monotonic()

    lose(child)

    assert all(is_gone(pid, seconds=1) for pid in group)
    assert time.monotonic() - started < 1
    log = fetcher.sandbox.log
    assert eventually(lambda: all(e.ended for e in log.requests("/unique/lesson/")), seconds=2)


def test_cancelling_ends_a_running_ffmpeg_too(fetcher: Fetcher):
    """Stopped as soon as it runs, so that it cannot be done before it is cancelled."""
    child = fetcher.launch(f"{VIDEOS}/muxed.mp4", "direct", audio_only=True, format="mp3")
    hear(child, "started")
    pid = pid_of(child)
    assert eventually(lambda: len(group_of(pid)) > 1, seconds=10)
    os.killpg(pid, signal.SIGSTOP)
    group = group_of(pid)

    child.kill()

    assert len(group) == 2
    assert all(is_gone(member, seconds=1) for member in group)


@pytest.mark.slow
def test_the_death_of_the_fork_server_costs_no_running_download(
    sandbox: Sandbox, tools_dir: Path, tmp_path: Path
):
    socket = Path("/tmp") / f"cd-{os.getpid()}.sock"
    server = ForkServer(socket, ["downloads.engines.child"])
    server.start()
    fetcher = Fetcher(sandbox, socket, tools_dir, tmp_path / "work")
    child = fetcher.launch(SLOW, "direct")
    hear(child, "progress")

    os.kill(pid_of(server), signal.SIGKILL)

    assert hear(child)[-1]["sha256"] == sandbox.unique("lesson", SIZE).sha256()
    server.stop()


def test_a_stopped_child_is_replaced_by_the_next_run(fetcher: Fetcher):
    zombie = fetcher.launch(SLOW, "direct", run=1)
    hear(zombie, "progress")
    os.killpg(pid_of(zombie), signal.SIGSTOP)

    done = fetcher.done(SLOW, "direct", run=2)

    assert done["sha256"] == fetcher.sandbox.unique("lesson", SIZE).sha256()
    assert not is_running(pid_of(zombie))


def test_a_note_of_ours_is_written_in_one_step(tmp_path: Path):
    target = tmp_path / "temp" / "part-0"
    target.parent.mkdir()
    partial, note = target.with_name("part-0.part"), target.with_name("part-0.ytdl")
    partial.write_bytes(b"0123456789")
    note.write_text(json.dumps({"length": 4}))

    fragments.mend(target)

    assert partial.read_bytes() == b"0123"
    note.write_text("{torn")
    fragments.mend(target)
    assert list(target.parent.iterdir()) == []


def test_a_source_that_only_drips_can_be_cancelled_too(fetcher: Fetcher):
    child = fetcher.launch(f"{BAD}/drip/x.mp4", "direct")
    hear(child, "stage")
    assert eventually(lambda: len(fetcher.sandbox.log.requests("/drip/")) == 2)

    child.kill()

    assert is_gone(pid_of(child), seconds=1)
    log = fetcher.sandbox.log
    assert eventually(lambda: all(e.ended for e in log.requests("/drip/")), seconds=2)
    assert fetcher.published() == {}
