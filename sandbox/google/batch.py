"""Several calls in one request: https://developers.google.com/workspace/drive/api/guides/performance"""

import re
import secrets
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import Message
from http import HTTPStatus
from urllib.parse import urlsplit

from sandbox.google.calls import Answer, Call
from sandbox.google.errors import refusal

LARGEST = {"/batch": 50, "/batch/drive/v3": 100}
MARK = "x-sandbox-batch"

_REQUEST = re.compile(r"([A-Z]+) (\S+)(?: HTTP/1\.[01])?")


def answer(call: Call, one: Callable[[Call], Answer]) -> Answer:
    """
    :param one: answers a call of the batch
    :raises Refusal: too many, or no batch at all
    """
    head = b"Content-Type: " + call.headers.get("content-type", "").encode() + b"\r\n\r\n"
    parts = message_from_bytes(head + call.body).get_payload()
    if not isinstance(parts, list):
        raise refusal("invalid", "Failed to parse batch request, error: no parts.")
    if len(parts) > LARGEST[call.path]:
        raise refusal("batch_size")
    boundary = f"batch_{secrets.token_hex(8)}"
    start, end = f"--{boundary}\r\n".encode(), f"--{boundary}--\r\n".encode()
    answers = [
        start + _written(str(part["Content-ID"] or ""), one(inner)) + b"\r\n"
        for part, inner in _inner(call, parts)
    ]
    content_type = f"multipart/mixed; boundary={boundary}"
    return Answer(b"".join(answers) + end, content_type=content_type)


def _inner(call: Call, parts: list[Message | str]) -> Iterator[tuple[Message, Call]]:
    for part in parts:
        if not isinstance(part, Message):
            raise refusal("invalid", "Failed to parse batch request.")
        first, _, rest = str(part.get_payload()).lstrip().partition("\n")
        found = _REQUEST.fullmatch(first.strip())
        if not found:
            raise refusal("invalid", "Failed to parse batch request, error: no request line.")
        message = message_from_bytes(rest.encode())
        url = urlsplit(found[2])
        headers = {"authorization": call.headers.get("authorization", "")}
        headers |= {name.lower(): str(value) for name, value in message.items()} | {MARK: "1"}
        body = str(message.get_payload()).encode()
        yield part, Call(found[1], url.path, url.query, headers, body)


def _written(content_id: str, answer: Answer) -> bytes:
    """`<x>` is answered as `<response-x>`."""
    named = content_id.strip().strip("<>")
    head = [
        "Content-Type: application/http",
        f"Content-ID: <response-{named}>",
        "",
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
        "",
        "",
    ]
    return "\r\n".join(head).encode() + answer.body
