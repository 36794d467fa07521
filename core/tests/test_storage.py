"""Publishing is one durable step, and no name leads out of the media folder."""

import pytest

from core import storage
from core.errors import NotFound


def test_a_published_folder_appears_whole_under_its_key():
    work = storage.partial_folder("d1") / "publish"
    work.mkdir(parents=True)
    (work / "video.mp4").write_bytes(b"moving pictures")
    storage.publish(work, "d0/d1-abc")
    assert storage.path_of("d0/d1-abc/video.mp4").read_bytes() == b"moving pictures"
    assert not work.exists()


def test_removing_the_last_file_removes_its_folder_and_leaves_the_shelf():
    work = storage.partial_folder("d1") / "publish"
    work.mkdir(parents=True)
    (work / "video.mp4").write_bytes(b"x")
    storage.publish(work, "d0/d1-abc")
    storage.remove("d0/d1-abc/video.mp4")
    assert storage.path_of("d0").exists()
    assert not storage.path_of("d0/d1-abc").exists()


@pytest.mark.parametrize(
    "key", ["../secret", "/etc/passwd", "a/../../x", "", ".", "a\0b", "..\\..\\x/../../.."]
)
def test_a_key_that_leaves_the_library_is_not_found(key):
    with pytest.raises(NotFound):
        storage.path_of(key)


def test_a_symbolic_link_out_of_the_library_is_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s")
    storage.library_root().mkdir(parents=True)
    (storage.library_root() / "link").symlink_to(secret)
    with pytest.raises(NotFound):
        storage.path_of("link")
    storage.remove("d1")
    assert secret.read_text() == "s"


def test_a_job_finds_all_its_published_folders_and_no_other_jobs():
    for name in ("d12-a", "d12-b", "d1-c", "d120-d"):
        storage.path_of(f"d0/{name}").mkdir(parents=True)
    assert sorted(storage.published_folders("d12")) == ["d0/d12-a", "d0/d12-b"]
    assert storage.shelf_of("d12345") == "d12"
