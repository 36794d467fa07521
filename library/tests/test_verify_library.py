"""The checker of the library: what is missing, damaged or in no row, and nothing changed."""

from io import StringIO

import pytest
from django.core.management import call_command

from core import storage
from library.models import StoredFile
from library.tests.build import make_video

pytestmark = pytest.mark.django_db


def check(*words: str) -> list[str]:
    said = StringIO()
    call_command("verify_library", *words, stdout=said)
    return said.getvalue().splitlines()


def test_a_library_that_is_whole(ana):
    make_video(ana, thumbnail=b"jpg", subtitles={"pt": "WEBVTT"})

    assert check() == ["1 files, 0 missing or damaged, 0 orphaned (0 B)."]


def test_what_is_missing_or_damaged_is_named_and_the_command_fails(ana, capsys):
    gone, short, changed = (make_video(ana, content=text) for text in (b"abc", b"def", b"ghi"))
    storage.path_of(gone.file.key).unlink()
    storage.path_of(short.file.key).write_bytes(b"d")
    storage.path_of(changed.file.key).write_bytes(b"xyz")

    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_library", stdout=said)

    assert end.value.code == 1
    assert said.getvalue().splitlines() == [
        f"missing   {gone.file.key}",
        f"damaged   {short.file.key}: 1 bytes instead of 3",
        f"damaged   {changed.file.key}: its content has changed",
        "3 files, 3 missing or damaged, 0 orphaned (0 B).",
    ]
    assert StoredFile.objects.count() == 3


def test_sizes_alone_are_quick_and_see_less(ana):
    video = make_video(ana, content=b"abc")
    storage.path_of(video.file.key).write_bytes(b"xyz")

    assert check("--quick") == ["1 files, 0 missing or damaged, 0 orphaned (0 B)."]


def test_what_is_in_no_row_is_named_and_stays(ana):
    make_video(ana)
    lost = storage.path_of("d0/d7-abc") / "video.mp4"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"1234567890")

    assert check() == ["orphaned  d0/d7-abc", "1 files, 0 missing or damaged, 1 orphaned (10 B)."]
    assert lost.exists()
