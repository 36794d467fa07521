"""Files are sent whole, in ranges, or not at all where the receiver has them."""

import pytest
from django.utils.http import http_date

from conftest import received
from core import storage
from library.filenames import disposition
from library.tests.build import make_video

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def video(ana):
    return make_video(ana, content=CONTENT, title="Aula 1")


@pytest.fixture
def url(video):
    return f"/api/v1/videos/{video.pk}/file"


def test_the_whole_file_arrives_with_what_is_known_of_it(integrator, video, url):
    answer = integrator.get(url)
    path = storage.path_of(video.file.key)
    assert answer.status_code == 200
    assert received(answer) == CONTENT
    assert dict(answer.headers) | {
        "Content-Type": "video/mp4",
        "Content-Length": "1024",
        "Content-Disposition": disposition("Aula 1.mp4", attachment=True),
        "ETag": f'"{video.file.sha256}"',
        "Last-Modified": http_date(int(path.stat().st_mtime)),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    } == dict(answer.headers)


@pytest.mark.parametrize(
    ("asked", "told", "bytes_sent"),
    [
        ("bytes=0-0", "bytes 0-0/1024", CONTENT[:1]),
        ("bytes=0-1023", "bytes 0-1023/1024", CONTENT),
        ("bytes=100-199", "bytes 100-199/1024", CONTENT[100:200]),
        ("bytes=1000-", "bytes 1000-1023/1024", CONTENT[1000:]),
        ("bytes=1000-99999999999999999", "bytes 1000-1023/1024", CONTENT[1000:]),
        ("bytes=-24", "bytes 1000-1023/1024", CONTENT[-24:]),
        ("bytes=-99999", "bytes 0-1023/1024", CONTENT),
    ],
    ids=lambda value: value if isinstance(value, str) and "=" in value else "",
)
def test_a_range_arrives_alone(integrator, url, asked, told, bytes_sent):
    answer = integrator.get(url, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer["Content-Range"] == told
    assert answer["Content-Length"] == str(len(bytes_sent))
    assert received(answer) == bytes_sent


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6",
        "bytes=5-4",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1 ",
        "items=0-1",
        "bytes 0-1",
        "bytes=" + "9" * 5000 + "-",
        "",
    ],
)
def test_a_range_that_is_none_or_several_brings_the_whole_file(integrator, url, asked):
    answer = integrator.get(url, headers={"Range": asked})
    assert answer.status_code == 200
    assert "Content-Range" not in answer
    assert received(answer) == CONTENT


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=1024-2000", "bytes=-0"])
def test_a_range_after_the_end_is_refused_with_the_size(integrator, url, asked):
    answer = integrator.get(url, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */1024"
    assert answer.json()["code"] == "range_not_satisfiable"


def test_head_tells_the_same_without_the_bytes(integrator, url):
    whole = integrator.get(url)
    received(whole)
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = integrator.head(url, headers=headers)
        assert answer.status_code == 200
        assert received(answer) == b""
        for name in ("Content-Length", "ETag", "Last-Modified", "Content-Disposition"):
            assert answer[name] == whole[name]


def test_who_has_the_file_gets_nothing_again(integrator, video, url):
    etag = f'"{video.file.sha256}"'
    modified = http_date(storage.path_of(video.file.key).stat().st_mtime)
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"x", W/{etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
    ):
        answer = integrator.get(url, headers=headers)
        assert answer.status_code == 304
        assert answer["ETag"] == etag
        assert answer["Cache-Control"] == "private, no-cache"
        assert received(answer) == b""


def test_who_insists_on_another_file_gets_none(integrator, url):
    answer = integrator.get(url, headers={"If-Match": '"other"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")


def test_a_range_of_a_file_that_changed_meanwhile_is_the_whole_file(integrator, video, url):
    etag = f'"{video.file.sha256}"'
    modified = http_date(storage.path_of(video.file.key).stat().st_mtime)
    wanted = {"Range": "bytes=0-9"}
    for same in (etag, modified):
        answer = integrator.get(url, headers=wanted | {"If-Range": same})
        assert (answer.status_code, received(answer)) == (206, CONTENT[:10])
    for other in ('"other"', f"W/{etag}", http_date(0), "rubbish", ""):
        answer = integrator.get(url, headers=wanted | {"If-Range": other})
        assert (answer.status_code, received(answer)) == (200, CONTENT)


def test_a_file_larger_than_a_chunk_arrives_whole_and_in_parts(ana, integrator):
    content = bytes(range(256)) * 3000 + b"end"
    video = make_video(ana, content=content)
    url = f"/api/v1/videos/{video.pk}/file"
    assert received(integrator.get(url)) == content
    part = integrator.get(url, headers={"Range": "bytes=262143-700000"})
    assert received(part) == content[262143:700001]


def test_an_empty_file_has_no_ranges(ana, integrator):
    url = f"/api/v1/videos/{make_video(ana, content=b'').pk}/file"
    answer = integrator.get(url)
    assert (answer.status_code, answer["Content-Length"], received(answer)) == (200, "0", b"")
    assert integrator.get(url, headers={"Range": "bytes=0-"}).status_code == 416


def test_a_file_missing_from_the_disk_is_said_to_be_missing(integrator, video, url):
    storage.path_of(video.file.key).unlink()
    answer = integrator.get(url)
    assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")


def test_a_file_that_shrinks_while_it_is_sent_breaks_off(integrator, video, url):
    answer = integrator.get(url)
    storage.path_of(video.file.key).write_bytes(b"short")
    with pytest.raises(EOFError):
        received(answer)


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/x"])
def test_what_is_no_video_is_never_shown_in_place(ana_client, video, content_type):
    video.file.content_type = content_type
    video.file.save()
    answer = ana_client.get(f"/library/{video.pk}/file")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert received(answer) == CONTENT


def test_the_page_shows_in_place_and_saves_where_asked(ana_client, video):
    shown = ana_client.get(f"/library/{video.pk}/file")
    saved = ana_client.get(f"/library/{video.pk}/file?download=1")
    assert shown["Content-Disposition"].startswith("inline;")
    assert saved["Content-Disposition"].startswith("attachment;")
    assert received(shown) == received(saved) == CONTENT


def test_behind_nginx_the_file_is_only_named(integrator, video, url, settings):
    settings.X_ACCEL_PREFIX = "/_media/"
    answer = integrator.get(url, headers={"Range": "bytes=0-9"})
    assert answer.status_code == 200
    assert answer["X-Accel-Redirect"] == f"/_media/{video.file.key}"
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert received(answer) == b""
    assert "ETag" not in answer


def test_a_player_may_ask_for_video_alone(integrator, url):
    answer = integrator.get(url, headers={"Accept": "video/webm,video/*;q=0.9"})
    assert received(answer) == CONTENT


def test_thumbnails_and_subtitles_are_small_and_kept(ana, ana_client):
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\nOlá\n"
    video = make_video(ana, thumbnail=b"\xff\xd8picture", subtitles={"pt": text})
    page = f"/library/{video.pk}"
    picture = ana_client.get(f"{page}/thumbnail")
    assert picture.content == b"\xff\xd8picture"
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["Cache-Control"] == "private, max-age=3600"
    assert picture["Content-Length"] == "9"
    again = ana_client.get(f"{page}/thumbnail", headers={"If-None-Match": picture["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    words = ana_client.get(f"{page}/subtitles/pt.vtt")
    assert words.content.decode() == text
    assert words["Content-Type"] == "text/vtt; charset=utf-8"
    assert ana_client.get(f"{page}/subtitles/en.vtt").status_code == 404


def test_a_key_that_leads_out_of_the_library_is_not_followed(integrator, video, url, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    for key in ("../../secret", str(secret), "a/../../../secret"):
        video.file.key = key
        video.file.save()
        answer = integrator.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
