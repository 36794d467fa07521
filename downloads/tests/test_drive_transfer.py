"""A private Drive file comes whole, however often the line breaks, and never twice."""

import hashlib
import os
import signal

import pytest

from core.tests.children import eventually, is_gone, pid_of
from downloads.tests.driving import ANA, SIZE, Account, announce
from downloads.tests.fetching import Fetcher
from sandbox.google.files import File

MEDIA = r"alt=media"


def sha256(file: File) -> str:
    assert file.content
    return file.content.digest("sha256")


def test_a_private_video_comes_by_the_account(account: Account, fetcher: Fetcher):
    account.google.user(ANA, "Ana")
    file = account.file(description="Frações", videoMediaMetadata={"durationMillis": "4000"})

    events = account.events(file)

    done, resolved = events[-1], next(e for e in events if e["event"] == "resolved")
    assert done["event"] == "done", done
    assert (resolved["title"], resolved["estimated_bytes"]) == ("Aula 1", SIZE)
    assert (resolved["description"], resolved["duration_seconds"]) == ("Frações", 4.0)
    assert done["sha256"] == sha256(file)
    assert done["size_bytes"] == SIZE
    assert (done["container"], done["linked"]) == ("mp4", False)
    assert done["metadata"]["source_id"] == file.id
    assert done["metadata"]["published_at"][:2] == "20"
    assert sorted(fetcher.published()) == ["thumbnail.jpg", "video.mp4"]
    assert account.ranges(file) == [""]
    assert account.sent(file) == SIZE
    progress = [event["downloaded_bytes"] for event in events if event["event"] == "progress"]
    assert progress[-1] == SIZE
    assert len(account.given) == 1


def test_the_token_is_in_no_event_and_in_no_file(account: Account, fetcher: Fetcher):
    events = account.events(account.file())

    assert account.given
    assert all(token not in repr(events) for token in account.given)
    for path in fetcher.workdir.rglob("*"):
        if path.is_file():
            assert all(token.encode() not in path.read_bytes() for token in account.given)


def test_a_line_cut_three_times_fetches_no_byte_twice(account: Account):
    file = account.file()
    account.google.fail(MEDIA, times=3, cut_after=SIZE // 5)

    done = account.done(file, limits={"retries": 3})

    assert done["sha256"] == sha256(file)
    first, *others = account.ranges(file)
    assert first == ""
    assert len(others) == 3
    assert all(asked != "bytes=0-" for asked in others)
    assert account.sent(file) <= SIZE * 1.1


def test_a_line_cut_for_ever_is_given_up_and_what_came_is_kept(account: Account, fetcher: Fetcher):
    file = account.file()
    account.google.fail(MEDIA, times=-1, cut_after=100_000)

    failed = account.failed(file)

    assert (failed["code"], failed["retryable"]) == ("network.interrupted", True)
    assert len(account.ranges(file)) == 2  # `retries` is 1 in these tests
    held = fetcher.partial_bytes()
    assert 0 < held <= 200_000
    fetcher.sandbox.reset()
    assert account.done(file)["sha256"] == sha256(file)
    assert account.ranges(file) == [f"bytes={held}-"]


def test_a_killed_run_goes_on_where_it_was(account: Account, fetcher: Fetcher):
    file = account.file(rate=1_500_000)
    child = account.launch(file)
    fetcher.hear(child, "progress")
    assert eventually(lambda: fetcher.partial_bytes() >= SIZE // 3, seconds=15)
    os.killpg(pid_of(child), signal.SIGKILL)
    assert is_gone(pid_of(child))
    held = fetcher.partial_bytes()
    fetcher.sandbox.reset()

    assert account.done(file)["sha256"] == sha256(file)
    assert account.ranges(file) == [f"bytes={held}-"]


def test_a_host_that_ignores_ranges_sends_it_all_again(account: Account):
    file = account.file()
    account.google.fail(MEDIA, times=1, cut_after=SIZE // 2)
    account.google.fail(MEDIA, times=1, ignore_range=True)

    assert account.done(file)["sha256"] == sha256(file)
    assert account.sent(file) > SIZE


def test_a_file_that_changed_after_a_cut_is_begun_anew(account: Account, fetcher: Fetcher):
    file = account.file()
    account.google.fail(MEDIA, times=-1, cut_after=SIZE // 2)
    assert account.failed(file, limits={"retries": 0})["code"] == "network.interrupted"
    assert fetcher.partial_bytes() > SIZE // 3
    fetcher.sandbox.reset()
    account.google.change_file(file.id, size=SIZE, seed="a newer one")

    assert account.done(file)["sha256"] == sha256(file)
    assert account.ranges(file) == [""]


def test_a_file_that_changes_within_a_run_is_begun_anew(account: Account, fetcher: Fetcher):
    file = account.file(rate=1_000_000)
    account.google.fail(MEDIA, times=1, cut_after=SIZE // 2)
    child = account.launch(file)
    fetcher.hear(child, "progress")
    account.google.change_file(file.id, size=SIZE + 5, seed="a newer one")

    done = fetcher.hear(child)[-1]

    assert done["sha256"] == sha256(file)
    assert done["metadata"]["estimated_bytes"] == SIZE + 5


def test_a_byte_that_is_wrong_is_noticed_and_nothing_of_it_is_kept(
    account: Account, fetcher: Fetcher
):
    file = account.file()
    account.google.fail(MEDIA, times=1, corrupt=True)

    failed = account.failed(file)

    assert (failed["code"], failed["retryable"]) == ("file.corrupt", True)
    assert "sha256" in failed["detail"]
    assert fetcher.partial_bytes() == 0
    assert account.done(file)["sha256"] == sha256(file)


@pytest.mark.parametrize("announced", [SIZE - 1000, SIZE + 1000])
def test_another_length_than_announced_is_never_taken(
    account: Account, fetcher: Fetcher, announced: int
):
    file = account.file()
    announce(file, size=str(announced))

    failed = account.failed(file)

    assert (failed["code"], failed["retryable"]) == ("file.corrupt", True)
    assert account.ranges(file) == [""]
    assert fetcher.partial_bytes() == 0


def test_a_token_that_is_refused_mid_way_is_renewed_once(account: Account):
    file = account.file(rate=3_000_000)
    account.google.fail(MEDIA, times=1, cut_after=SIZE // 2)
    account.google.fail(MEDIA, "unauthenticated", times=1)

    assert account.done(file)["sha256"] == sha256(file)
    assert len(account.given) == 2
    assert account.refused == account.given[:1]


def test_an_account_whose_new_token_is_refused_too_is_not_asked_for_ever(account: Account):
    account.google.fail("/drive/v3/files", "unauthenticated", times=-1)

    failed = account.failed(account.file())

    assert (failed["code"], failed["retryable"]) == ("credential.needs_consent", False)
    assert len(account.given) == 2


def test_a_busy_google_is_asked_again_within_the_run(account: Account):
    file = account.file()
    account.google.fail(f"files/{file.id}", "unavailable", times=2)
    account.google.fail(MEDIA, "unavailable", times=1)

    assert account.done(file)["sha256"] == sha256(file)


def test_a_complete_part_is_not_fetched_again(account: Account, fetcher: Fetcher):
    file = account.file()
    account.done(file)
    fetcher.sandbox.reset()

    assert account.done(file)["sha256"] == sha256(file)
    assert account.ranges(file) == []


def test_a_complete_part_of_an_older_revision_is_not_taken(account: Account):
    file = account.file()
    account.done(file)
    account.google.change_file(file.id, size=SIZE, seed="a newer one")

    assert account.done(file)["sha256"] == sha256(file)


def test_a_part_whose_name_was_not_settled_yet_is_checked_and_kept(
    account: Account, fetcher: Fetcher
):
    file = account.file()
    account.done(file)
    part = fetcher.workdir / "temp" / "part-0"
    part.rename(part.with_name("part-0.part"))
    fetcher.sandbox.reset()

    assert account.done(file)["sha256"] == sha256(file)
    assert account.ranges(file) == []


def test_a_full_disk_ends_the_run_and_leaves_no_bytes(
    account: Account, fetcher: Fetcher, small_disk
):
    fetcher.workdir = small_disk / "work"
    file = account.file(size=8 << 20, seed="too large for the disk")

    failed = account.failed(file)

    assert failed["code"] == "disk.full"
    assert fetcher.partial_bytes() == 0


def test_what_the_library_holds_is_linked_and_not_fetched(
    account: Account, fetcher: Fetcher, tmp_path
):
    file = account.file()
    held = tmp_path / "held.mp4"
    assert file.content
    held.write_bytes(b"".join(map(bytes, file.content.blocks(0, SIZE))))
    account.held[sha256(file)] = str(held)

    done = account.done(file)

    assert (done["sha256"], done["linked"]) == (sha256(file), True)
    assert account.ranges(file) == []
    assert sorted(fetcher.published()) == ["thumbnail.jpg", "video.mp4"]
    assert hashlib.sha256(held.read_bytes()).hexdigest() == sha256(file)


@pytest.mark.parametrize("damage", ["gone", "damaged"])
def test_what_the_library_lost_is_fetched(account: Account, tmp_path, damage: str):
    file = account.file()
    held = tmp_path / "held.mp4"
    if damage == "damaged":
        held.write_bytes(b"0" * SIZE)
    account.held[sha256(file)] = str(held)

    done = account.done(file)

    assert (done["sha256"], done["linked"]) == (sha256(file), False)
    assert account.sent(file) == SIZE


def test_what_google_does_not_say_may_be_downloaded_is_not_linked(account: Account, tmp_path):
    file = account.file()
    shown = file.shown_to
    file.shown_to = lambda *of: {**shown(*of), "capabilities": {}}  # type: ignore[method-assign]
    account.held[sha256(file)] = str(tmp_path / "held.mp4")

    events = account.events(file)

    assert events[-1]["linked"] is False
    assert [event["what"] for event in events if event["event"] == "ask"] == ["token"]


def test_a_slow_line_is_told_from_a_dead_one(account: Account, fetcher: Fetcher):
    file = account.file(rate=4000)

    child = account.launch(file)
    fetcher.hear(child, "progress", seconds=5)
    first = fetcher.partial_bytes()

    assert eventually(lambda: fetcher.partial_bytes() > first, seconds=5)
    assert fetcher.partial_bytes() < 100_000


def test_the_sound_alone_is_taken_out_of_the_video(account: Account, fetcher: Fetcher):
    done = account.done(account.file(), audio_only=True)

    assert (done["container"], done["video_codec"], done["audio_codec"]) == ("m4a", None, "aac")
