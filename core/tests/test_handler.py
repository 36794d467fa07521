"""Django behind the web server: one hop into a fixed set of threads, streams piece by piece."""

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished, request_started
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path

from core.handler import CHUNK_BYTES, THREADS, ThreadedASGIHandler

seen: list[str] = []


def plain(request):
    seen.append(threading.current_thread().name)
    return HttpResponse(f"{request.method} {request.body.decode()}")


async def asynchronous(request):
    await asyncio.sleep(0)
    return HttpResponse("async")


def where(request):
    return HttpResponse("disk" if request._stream._rolled else "memory")


def slow(request):
    time.sleep(0.2)
    return HttpResponse("slow")


def file(request):
    return FileResponse(Path(request.GET["path"]).open("rb"))


def endless(request):
    def parts():
        try:
            while True:
                yield b"x" * 1000
        finally:
            seen.append("closed")

    return StreamingHttpResponse(parts())


def endless_async(request):
    async def parts():
        try:
            while True:
                yield b"x" * 1000
                await asyncio.sleep(0.001)
        finally:
            seen.append("closed")

    return StreamingHttpResponse(parts())


def broken(request):
    def parts():
        yield b"half"
        raise ValueError("the other half is missing")

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("plain", plain),
    path("async", asynchronous),
    path("slow", slow),
    path("where", where),
    path("file", file),
    path("endless", endless),
    path("endless-async", endless_async),
    path("broken", broken),
]


@pytest.fixture
def handler(settings) -> ThreadedASGIHandler:
    settings.ROOT_URLCONF = "core.tests.test_handler"
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    settings.ALLOWED_HOSTS = ["testserver"]
    seen.clear()
    return ThreadedASGIHandler()


class Request:
    def __init__(self, handler, target: str, method: str = "GET") -> None:
        where, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": f"/{where}",
            "query_string": query.encode(),
            "headers": [(b"host", b"testserver")],
            "client": ["127.0.0.1", 50000],
            "server": ["testserver", 80],
        }
        self.communicator = ApplicationCommunicator(handler, scope)

    async def send(self, *body: bytes) -> "Request":
        for part in body:
            message = {"type": "http.request", "body": part, "more_body": True}
            await self.communicator.send_input(message)
        await self.communicator.send_input({"type": "http.request", "body": b""})
        return self

    async def leave(self) -> None:
        await self.communicator.send_input({"type": "http.disconnect"})

    async def next(self) -> dict[str, Any]:
        return dict(await self.communicator.receive_output(5))

    async def answer(self) -> tuple[int, bytes]:
        start = await self.next()
        body = b""
        while True:
            message = await self.next()
            body += message.get("body", b"")
            if not message.get("more_body"):
                await self.communicator.wait(5)
                return start["status"], body


async def ask(handler, target: str, *body: bytes, method: str = "GET") -> tuple[int, bytes]:
    return await (await Request(handler, target, method).send(*body)).answer()


async def test_a_request_is_answered_in_one_of_the_threads(handler):
    assert await ask(handler, "plain", b"one ", b"two", method="POST") == (200, b"POST one two")
    assert seen[0].startswith("django_")


async def test_an_asynchronous_view_is_answered_too(handler):
    assert await ask(handler, "async") == (200, b"async")


async def test_no_more_requests_than_threads_run_at_once(handler):
    began = time.monotonic()
    answers = await asyncio.gather(*(ask(handler, "slow") for _ in range(THREADS * 2)))

    assert set(answers) == {(200, b"slow")}
    assert 0.4 <= time.monotonic() - began < 1.5


async def test_signals_are_sent_once_for_each_request(handler):
    counted: list[str] = []

    def started(**_):
        counted.append("started")

    def finished(**_):
        counted.append("finished")

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        await ask(handler, "plain")
        await ask(handler, "missing")
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)

    assert counted == ["started", "finished"] * 2


async def test_a_file_is_read_as_it_is_sent_without_a_warning(handler, tmp_path):
    content = b"x" * 4 * CHUNK_BYTES + b"end"
    (tmp_path / "file").write_bytes(content)
    request = await Request(handler, f"file?path={tmp_path / 'file'}").send()

    sizes = []
    body = b""
    assert (await request.next())["status"] == 200
    while (message := await request.next()).get("more_body"):
        sizes.append(len(message["body"]))
        body += message["body"]
    await request.communicator.wait(5)

    assert body == content
    assert sizes == [CHUNK_BYTES] * 4 + [3]


async def test_a_head_request_gets_no_body(handler, tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 1000)

    assert await ask(handler, f"file?path={tmp_path / 'file'}", method="HEAD") == (200, b"")
    assert await ask(handler, "endless", method="HEAD") == (200, b"")
    assert await ask(handler, "endless-async", method="HEAD") == (200, b"")


@pytest.mark.parametrize("view", ["endless", "endless-async"])
async def test_a_stream_ends_when_its_client_goes(handler, view):
    request = await Request(handler, view).send()
    for _ in range(5):
        await request.next()
    assert seen == []

    await request.leave()
    await request.communicator.wait(5)

    assert seen == ["closed"]


async def test_a_stream_that_breaks_is_not_ended_as_if_it_were_whole(handler):
    request = await Request(handler, "broken").send()
    await request.next()
    assert (await request.next())["body"] == b"half"

    with pytest.raises(ValueError, match="missing"):
        await request.communicator.wait(5)
    assert request.communicator.output_queue.empty()


async def test_who_leaves_before_the_body_is_there_is_not_answered(handler):
    request = Request(handler, "plain", "POST")
    await request.communicator.send_input(
        {"type": "http.request", "body": b"half", "more_body": True}
    )
    await request.leave()
    await request.communicator.wait(5)

    assert seen == []
    assert await request.communicator.receive_nothing(0.01)


async def test_a_large_body_lies_on_the_disk_not_in_memory(handler, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000

    assert await ask(handler, "where", b"x" * 1000, method="POST") == (200, b"memory")
    assert await ask(handler, "where", b"x" * 1001, method="POST") == (200, b"disk")
