"""A small ASGI application behind our web server: `-m core.tests.small_app PORT PING_SECONDS`."""

import asyncio
import hashlib
import sys
import time
from typing import Any

from core.server import WebServer

MIB = 1024 * 1024


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await converse(scope, receive, send)
    else:
        await globals()[scope["path"].strip("/") or "hello"](receive, send)


async def converse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    if scope["path"] == "/refused":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        match message.get("text", "").split():
            case ["close", code]:
                await send({"type": "websocket.close", "code": int(code)})
            case ["flood", megabytes]:
                for _ in range(int(megabytes)):
                    await send({"type": "websocket.send", "text": "x" * MIB})
            case _:
                await send({"type": "websocket.send", "text": message.get("text", "bytes")})


async def answer(
    send: Any, *parts: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": headers or []})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


async def hello(receive: Any, send: Any) -> None:
    await answer(send, b"hello")


async def big(receive: Any, send: Any) -> None:
    size = (b"content-length", str(400 * MIB).encode())
    await answer(send, *[b"z" * MIB] * 400, headers=[size])


async def upload(receive: Any, send: Any) -> None:
    digest, pieces, largest, more = hashlib.sha256(), 0, 0, True
    while more:
        message = await receive()
        digest.update(message["body"])
        pieces, largest = pieces + 1, max(largest, len(message["body"]))
        more = message["more_body"]
    await answer(send, f"{digest.hexdigest()} {largest}".encode())


async def broken(receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise ValueError("the other half is missing")


async def hanging(receive: Any, send: Any) -> None:
    await asyncio.to_thread(time.sleep, 60)


if __name__ == "__main__":
    server = WebServer(application, "127.0.0.1", int(sys.argv[1]))
    server.ping_interval = server.ping_timeout = int(sys.argv[2])
    server.run()
