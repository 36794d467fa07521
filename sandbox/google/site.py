"""Which address of Google is answered by what, and the faults on the way."""

import re
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.exchange import Exchange
from sandbox.google import batch, faults
from sandbox.google.calls import HTML, Answer, Call, Logged, json_answer, page
from sandbox.google.classroom import Classroom
from sandbox.google.consent import Consent
from sandbox.google.drive import Drive
from sandbox.google.errors import ERRORS, Refusal, refusal
from sandbox.google.masks import Pages
from sandbox.google.oauth import OAuth
from sandbox.google.school import School
from sandbox.google.tokens import Tokens
from sandbox.google.uploads import Uploads

Handler = Callable[..., Answer]
_KEPT = 20_000
_NO_PAGE = "<!doctype html><title>Error</title><h1>502. That’s an error.</h1>"


class Site:
    def __init__(self, school: School, media_seconds: float, kept: Path | None) -> None:
        self._school = school
        self._media_seconds = media_seconds
        self.log: list[Logged] = []
        self.tokens = Tokens(kept)
        self.faults = faults.Faults()
        self.pages = Pages()
        self.drive = Drive(school, self.tokens, self.pages)
        self.oauth = OAuth(school, self.tokens)
        self.uploads = Uploads(self.drive, self.tokens, school.origin)
        self._routes = self._all_routes()

    def answer(self, exchange: Exchange) -> None:
        url = urlsplit(exchange.url)
        headers = {name.lower(): value for name, value in exchange.headers.items()}
        call = self._noted(_call(exchange.method, url.path, url.query, headers, exchange.body))
        if call.fault.delay:
            exchange.pause(call.fault.delay)
        if call.fault.error == faults.HANG_UP:
            exchange.hang_up()
        elif call.fault.error == faults.RESET:
            exchange.reset()
        else:
            self._send(exchange, self._answered(call), call.fault)

    def _noted(self, call: Call) -> Call:
        """Written down, and with the fault that is meant for it."""
        self.log.append(Logged(call.method, call.path, call.query, dict(call.headers)))
        if len(self.log) > _KEPT:
            del self.log[: _KEPT // 2]
        return replace(call, fault=self.faults.take(call.address))

    def _answered(self, call: Call) -> Answer:
        fault = call.fault
        try:
            if fault.error in ERRORS:
                raise refusal(fault.error, headers=fault.headers)
            if fault.error == faults.NOT_JSON:
                return page("<!doctype html><title>Sign in</title>")
            if fault.error == faults.HTML_ERROR:
                return Answer(_NO_PAGE.encode(), HTTPStatus.BAD_GATEWAY, HTML, fault.headers)
            return self._routed(call)
        except Refusal as refused:
            return json_answer(refused.body, refused.code, refused.headers)

    def _routed(self, call: Call) -> Answer:
        for methods, pattern, handler in self._routes:
            found = pattern.fullmatch(call.path)
            if found and call.method in methods:
                return handler(call, *found.groups())
        raise refusal("not_found")

    def _send(self, exchange: Exchange, answer: Answer, fault: faults.Fault) -> None:
        if answer.stream is not None:
            paced = answer.stream.size / self._media_seconds if self._media_seconds else None
            exchange.send(
                answer.stream,
                answer.content_type,
                rate=answer.rate or paced,
                headers=answer.headers,
                whole=fault.ignore_range,
                cut_after=fault.cut_after,
            )
            return
        exchange.text(
            answer.body,
            answer.status,
            answer.content_type,
            answer.headers,
            cut_after=fault.cut_after,
        )

    def _batch(self, call: Call) -> Answer:
        return batch.answer(call, lambda inner: self._answered(self._noted(inner)))

    def _all_routes(self) -> list[tuple[frozenset[str], re.Pattern[str], Handler]]:
        consent = Consent(self._school, self.tokens)
        classroom = Classroom(self._school, self.tokens, self.pages)
        oauth, drive, uploads = self.oauth, self.drive, self.uploads
        one, items = "([^/]+)", "(courseWork|courseWorkMaterials|announcements)"
        course, file = f"/v1/courses/{one}", f"/drive/v3/files/{one}"
        upload = "(?:/resumable)?/upload/drive/v3/files"
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/o/oauth2/v2/auth", consent.ask),
            ("POST", "/o/oauth2/v2/auth/consent", consent.decide),
            ("POST", "/token", oauth.token),
            ("GET POST", "/revoke", oauth.revoke),
            ("GET POST", "/tokeninfo", oauth.tokeninfo),
            ("GET", "/oauth2/v[23]/userinfo", oauth.userinfo),
            ("GET", "/oauth2/v1/certs", oauth.certificates),
            ("GET", r"/avatar/(\d+)\.svg", oauth.avatar),
            ("GET", "/v1/courses", classroom.courses),
            ("GET", course, classroom.course),
            ("GET", f"{course}/{items}", classroom.items),
            ("GET", f"{course}/{items}/{one}", classroom.item),
            ("GET", f"{course}/topics", classroom.topics),
            ("GET", f"{course}/(teachers|students)", classroom.people),
            ("GET", f"/v1/userProfiles/{one}", classroom.profile),
            ("GET", "/drive/v3/about", drive.about),
            ("GET", "/drive/v3/files", drive.list),
            ("POST", "/drive/v3/files", drive.create),
            ("GET", "/drive/v3/files/generateIds", drive.ids),
            ("GET", f"{file}/export", drive.export),
            ("GET HEAD", file, drive.get),
            ("PATCH", file, drive.update),
            ("DELETE", file, drive.delete),
            ("POST", upload, uploads.start),
            ("PUT", upload, uploads.piece),
            ("POST", "/batch(?:/drive/v3)?", self._batch),
        ]
        return [(frozenset(m.split()), re.compile(path), call) for m, path, call in table]


def _call(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Call:
    """Google's clients send an address that is too long as a form."""
    if method == "POST" and headers.get("x-http-method-override") == "GET":
        return Call("GET", path, body.decode(), headers)
    return Call(method, path, query, headers, body)
