"""The web server under clients that are slow, greedy or gone."""

import asyncio
import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import sleep

import pytest
import requests
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.tests.serving import MIB, ROOT, Server, code_of, free_port

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@contextmanager
def small_server(ping_seconds: int = 20) -> Iterator[Server]:
    port = free_port()
    server = Server(["-m", "core.tests.small_app", str(port), str(ping_seconds)], port)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with small_server() as one:
        yield one


def test_an_answer_does_not_say_what_serves_it(server):
    answer = requests.get(server.url, timeout=5)

    assert (answer.status_code, answer.text) == (200, "hello")
    assert "Server" not in answer.headers


def test_a_large_answer_waits_for_its_reader_and_not_in_memory(server):
    before = server.mebibytes
    received = highest = 0
    with (
        requests.Session() as session,
        session.get(f"{server.url}/big", stream=True, timeout=5) as answer,
    ):
        for number, chunk in enumerate(answer.iter_content(MIB)):
            received += len(chunk)
            if number % 20 == 0:
                sleep(0.01)
                highest = max(highest, server.mebibytes)

    assert received == 400 * MIB
    assert highest - before < 20


def test_an_upload_is_read_piece_by_piece(server):
    body = os.urandom(4 * MIB)
    before = server.mebibytes

    answer = requests.post(f"{server.url}/upload", data=body, timeout=10)

    digest, largest = answer.text.split()
    assert digest == hashlib.sha256(body).hexdigest()
    assert int(largest) <= 65_536
    assert server.mebibytes - before < 3


def test_a_large_form_is_not_taken_apart_by_the_server(server):
    before = server.mebibytes

    files = {"file": ("lesson.mp4", os.urandom(3 * MIB))}
    answer = requests.post(f"{server.url}/upload", files=files, timeout=10)

    assert answer.status_code == 200
    assert server.mebibytes - before < 20


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_without_measure_is_refused_in_words_that_arrive(server, announced):
    pieces = [b"x" * MIB] * 40
    before = server.mebibytes

    body = b"".join(pieces) if announced else iter(pieces)
    answer = requests.post(f"{server.url}/upload", data=body, timeout=10)

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_large"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    assert server.mebibytes - before < 8
    assert requests.get(server.url, timeout=5).text == "hello"


def test_who_is_refused_is_answered_before_all_of_it_is_sent(server):
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.settimeout(5)
        client.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")

        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


def test_who_leaves_in_the_middle_of_an_upload_leaves_nothing(server):
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")

    assert requests.get(server.url, timeout=5).text == "hello"


def test_half_an_answer_is_not_passed_off_as_a_whole_one(server):
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{server.url}/broken", timeout=5)

    assert requests.get(server.url, timeout=5).text == "hello"


async def test_sockets_echo_and_close_with_the_code_they_are_told(server):
    for code in (1000, 1003, 1008, 1013, 4401, 4404):
        async with connect(server.ws) as client:
            await client.send("hello")
            assert await client.recv() == "hello"
            await client.send(f"close {code}")
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
            assert code_of(closed) == code


async def test_a_socket_that_is_not_accepted_is_a_403(server):
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{server.ws}/refused")

    assert refused.value.response.status_code == 403
    assert "Server" not in refused.value.response.headers


async def test_a_message_over_64_kib_closes_its_socket(server):
    async with connect(server.ws) as client:
        await client.send("x" * 65_536)
        assert len(await client.recv()) == 65_536
        await client.send("x" * 65_537)
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
    assert code_of(closed) == 1009


async def test_a_socket_that_does_not_read_is_sent_no_more_than_it_takes(server):
    before = server.mebibytes
    async with connect(server.ws, max_size=None, max_queue=1) as lazy, connect(server.ws) as other:
        await lazy.send("flood 100")
        await asyncio.sleep(0.5)
        await other.send("still there?")
        assert await other.recv() == "still there?"
        assert server.mebibytes - before < 20
        for _ in range(100):
            assert len(await lazy.recv()) == MIB


async def test_who_listens_and_answers_pings_stays_and_who_does_not_is_dropped():
    with small_server(ping_seconds=1) as server:
        async with connect(server.ws) as listening:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(HANDSHAKE)
            assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")
            with suppress(ConnectionResetError):
                async with asyncio.timeout(10):
                    await reader.read()
            writer.close()
            await listening.send("hello")
            assert await listening.recv() == "hello"


async def shake(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client that says what it likes, when it likes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(HANDSHAKE)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    return reader, writer


@pytest.mark.parametrize("opcode", [0x9, 0xA])
async def test_who_floods_with_pings_or_pongs_is_closed(server, opcode):
    reader, writer = await shake(server)
    writer.write((bytes([0x80 | opcode, 0x80 | 1]) + b"\0\0\0\0x") * 21)
    expected = b"\x8a\x01x" * (20 if opcode == 0x9 else 0) + b"\x88\x02" + (1008).to_bytes(2)
    async with asyncio.timeout(5):
        assert await reader.readexactly(len(expected)) == expected
    writer.close()


async def test_twenty_pings_are_answered(server):
    async with connect(server.ws) as client:
        for _ in range(20):
            await (await client.ping())
        await client.send("hello")
        assert await client.recv() == "hello"


async def test_pings_of_a_client_that_does_not_read_are_not_answered(server):
    reader, writer = await shake(server)
    text = b"flood 20"
    writer.write(bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text)
    await asyncio.sleep(0.3)
    writer.write(b"\x89\x81\0\0\0\0x" * 5)
    await asyncio.sleep(0.3)
    frame = b"\x81\x7f" + MIB.to_bytes(8) + b"x" * MIB
    async with asyncio.timeout(10):
        assert await reader.readexactly(20 * len(frame)) == frame * 20
        writer.write(b"\x89\x81\0\0\0\0y")
        assert await reader.readexactly(3) == b"\x8a\x01y"
    writer.close()


async def test_it_stops_within_three_seconds_whatever_is_going_on():
    with small_server() as server, requests.Session() as session:
        hanging = asyncio.create_task(
            asyncio.to_thread(requests.get, f"{server.url}/hanging", timeout=10)
        )
        async with connect(server.ws) as idle, connect(server.ws, max_queue=1) as busy:
            await busy.send("flood 100")
            with session.get(f"{server.url}/big", stream=True, timeout=5):
                await asyncio.sleep(0.3)
                code, seconds = await asyncio.to_thread(server.stop)
            with pytest.raises(ConnectionClosed) as closed:
                await idle.recv()
        await asyncio.gather(hanging, return_exceptions=True)

    assert code == 0
    assert seconds < 3.5
    assert code_of(closed) == 1001


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_with_nothing_going_on_it_stops_at_once(number):
    with small_server() as server:
        # It listens a moment before it minds signals; once it answers it does both.
        assert requests.get(f"{server.url}/hello", timeout=5).text == "hello"
        code, seconds = server.stop(number)

    assert code == 0
    assert seconds < 1


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            [sys.executable, "manage.py", "web", "--port", port],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert run.returncode == 2
    assert run.stderr.strip() == (
        f"CommandError: Cannot listen on 127.0.0.1:{port}: Address already in use"
    )
