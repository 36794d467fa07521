"""Uploads to Drive: in one request, with metadata (multipart), or resumable in pieces."""

import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any, cast

from sandbox.google import scopes
from sandbox.google.calls import Answer, Call
from sandbox.google.drive import Drive, shown
from sandbox.google.errors import refusal
from sandbox.google.tokens import Tokens

# All pieces but the last are a multiple of it.
_UNIT = 256 * 1024
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_PLAIN = "application/octet-stream"


@dataclass
class _Session:
    me: str
    told: dict[str, Any]
    query: Call
    mime: str
    data: bytearray = field(default_factory=bytearray)
    lock: threading.Lock = field(default_factory=threading.Lock)
    done: Answer | None = None


class Uploads:
    def __init__(self, drive: Drive, tokens: Tokens, origin: str) -> None:
        self._drive = drive
        self._tokens = tokens
        self._origin = origin
        self._sessions: dict[str, _Session] = {}

    def clear(self) -> None:
        self._sessions.clear()

    def start(self, call: Call) -> Answer:
        """`POST /upload/drive/v3/files`"""
        me = self._tokens.who(call, scopes.DRIVE_WRITE).email
        mime = call.headers.get("content-type", _PLAIN)
        if call.one("uploadType") == "resumable":
            return self._open(call, me)
        if call.one("uploadType") == "multipart":
            told, content, mime = _parts(call)
        else:
            told, content = {}, call.body
        return shown(call, self._drive.store(me, told, content, mime), me)

    def piece(self, call: Call) -> Answer:
        """`PUT` of a piece, or of `bytes */size`, which asks how far it got."""
        session = self._sessions.get(call.one("upload_id"))
        if session is None:
            raise refusal("not_found")
        whole = f"bytes 0-{len(call.body) - 1}/{len(call.body)}"
        found = _RANGE.fullmatch(call.headers.get("content-range", whole))
        if found is None:
            raise refusal("invalid", "Failed to parse Content-Range header.")
        with session.lock:
            return session.done or self._take(session, call.body, found, call.fault.keep)

    def _open(self, call: Call, me: str) -> Answer:
        number = secrets.token_urlsafe(16)
        mime = call.headers.get("x-upload-content-type", _PLAIN)
        self._sessions[number] = _Session(me, call.json(), call, mime)
        place = f"{self._origin}{call.path}?uploadType=resumable&upload_id={number}"
        return Answer(headers={"Location": place, "X-GUploader-UploadID": number})

    def _take(self, session: _Session, body: bytes, found: re.Match[str], keep: int) -> Answer:
        total = None if found[3] == "*" else int(found[3])
        if found[1] is not None:
            if int(found[1]) > len(session.data):
                raise refusal("invalid", "Invalid request. There is a gap before these bytes.")
            last = total is not None and int(found[2]) + 1 == total
            if len(body) != int(found[2]) - int(found[1]) + 1 or (len(body) % _UNIT and not last):
                raise refusal("invalid", "Invalid request. The size of the piece is wrong.")
            # Bytes that are here already are sent again after an answer was lost.
            fresh = body[len(session.data) - int(found[1]) :]
            session.data += fresh if keep < 0 else fresh[:keep]
        if total is not None and len(session.data) >= total:
            return self._finish(session)
        held = {"Range": f"bytes=0-{len(session.data) - 1}"} if session.data else {}
        return Answer(status=308, headers=held)

    def _finish(self, session: _Session) -> Answer:
        content = bytes(session.data)
        file = self._drive.store(session.me, session.told, content, session.mime)
        session.done = shown(session.query, file, session.me)
        session.data.clear()
        return session.done


def _parts(call: Call) -> tuple[dict[str, Any], bytes, str]:
    head = b"Content-Type: " + call.headers.get("content-type", "").encode() + b"\r\n\r\n"
    parts = message_from_bytes(head + call.body).get_payload()
    if not isinstance(parts, list) or len(parts) != 2:
        raise refusal("invalid", "Multipart must have exactly two parts.")
    told, content = (cast("Message", part) for part in parts)
    try:
        fields = json.loads(cast("bytes", told.get_payload(decode=True)))
    except ValueError:
        raise refusal("invalid", "Parse Error") from None
    return fields, cast("bytes", content.get_payload(decode=True)), content.get_content_type()
