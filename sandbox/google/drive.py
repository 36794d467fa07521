"""Drive v3, as far as it is used: files and their bytes, exports, the quota."""

import secrets
from collections.abc import Mapping
from typing import Any

from sandbox.bodies import Body
from sandbox.google import pdf, scopes
from sandbox.google.calls import Answer, Call, json_answer
from sandbox.google.content import Corrupt
from sandbox.google.errors import refusal
from sandbox.google.files import EXPORTABLE, File
from sandbox.google.masks import Pages, mask
from sandbox.google.queries import select
from sandbox.google.school import School
from sandbox.google.tokens import Tokens

_DEFAULT_FIELDS = "kind,id,name,mimeType"
_LIST_FIELDS = f"nextPageToken,files({_DEFAULT_FIELDS})"
_LARGEST_PAGE = 1000
_PDF = "application/pdf"


class Drive:
    def __init__(self, school: School, tokens: Tokens, pages: Pages) -> None:
        self._school = school
        self._tokens = tokens
        self._pages = pages

    def get(self, call: Call, file_id: str) -> Answer:
        if call.one("alt") == "media":
            return self._media(call, file_id)
        file, me = self._file(call, file_id, scopes.DRIVE_META)
        return shown(call, file, me)

    def list(self, call: Call) -> Answer:
        proof = self._tokens.who(call, scopes.DRIVE_META)
        everything = bool(proof.scopes & scopes.DRIVE_ALL_META)
        rows = [
            file
            for file in list(self._school.files.values())
            if proof.email in file.readers | {file.owner} and (everything or file.made_here)
        ]
        fields = call.one("fields") or _LIST_FIELDS
        found = [file.shown_to(proof.email, fields) for file in select(rows, call, proof.email)]
        return self._pages.answer(call, "files", found, largest=_LARGEST_PAGE, fields=_LIST_FIELDS)

    def create(self, call: Call) -> Answer:
        """Without bytes: a folder, or an empty file."""
        me = self._tokens.who(call, scopes.DRIVE_WRITE).email
        return shown(call, self.store(me, call.json(), b"", "application/octet-stream"), me)

    def store(self, me: str, told: Mapping[str, Any], content: bytes, mime: str) -> File:
        """
        :raises Refusal: there is no room, or the id is taken
        """
        self._school.known(me)
        limit = self._school.users[me].quota_bytes
        if limit is not None and self._used(me) + len(content) > limit:
            raise refusal("storage")
        file_id = str(told.get("id") or new_id())
        if file_id in self._school.files:
            raise refusal("exists")
        extra = {k: v for k, v in told.items() if k not in ("id", "name", "mimeType")}
        name, kind = told.get("name", "Untitled"), told.get("mimeType") or mime
        return self._school.file(file_id, name, kind, content, owner=me, made_here=True, **extra)

    def update(self, call: Call, file_id: str) -> Answer:
        """`PATCH`: the metadata; `trashed` is how files are thrown away."""
        file, me = self._own_file(call, file_id)
        changed = {k: v for k, v in call.json().items() if k in ("name", "trashed", "description")}
        self._school.change_file(file_id, **changed)
        return shown(call, file, me)

    def delete(self, call: Call, file_id: str) -> Answer:
        file, _ = self._own_file(call, file_id)
        self._school.files.pop(file.id, None)
        return Answer(status=204)

    def export(self, call: Call, file_id: str) -> Answer:
        """Native documents as PDF; at most 10 MB, which `export_too_large` stands for."""
        file, me = self._file(call, file_id, scopes.DRIVE_READ)
        if file.mime not in EXPORTABLE:
            raise refusal("not_exportable")
        if call.one("mimeType") != _PDF:
            raise refusal("invalid", "The requested conversion is not supported.")
        if not file.can_download and me != file.owner:
            raise refusal("no_download")
        if file.export_too_large:
            raise refusal("export_size")
        return Answer(pdf.document(str(file.fields["name"])), content_type=_PDF)

    def about(self, call: Call) -> Answer:
        me = self._tokens.who(call, scopes.DRIVE_META).email
        if not call.one("fields"):
            raise refusal("required")
        user, used = self._school.known(me), str(self._used(me))
        quota = {"usage": used, "usageInDrive": used, "usageInDriveTrash": "0"}
        quota |= {} if user.quota_bytes is None else {"limit": str(user.quota_bytes)}
        person = {"kind": "drive#user", "displayName": user.name, "emailAddress": me, "me": True}
        told = {"kind": "drive#about", "user": person, "storageQuota": quota}
        return json_answer(mask(told, call.one("fields")))

    def ids(self, call: Call) -> Answer:
        """Identifiers for files to come, so that an upload can be repeated safely."""
        self._tokens.who(call, scopes.DRIVE_WRITE)
        made = [new_id() for _ in range(min(call.number("count", 10), 1000))]
        return json_answer({"kind": "drive#generatedIds", "space": "drive", "ids": made})

    def _media(self, call: Call, file_id: str) -> Answer:
        file, me = self._file(call, file_id, scopes.DRIVE_READ)
        if file.content is None:
            raise refusal("not_binary")
        if not file.can_download and me != file.owner:
            raise refusal("no_download")
        if file.abusive and not call.flag("acknowledgeAbuse"):
            raise refusal("abuse")
        body: Body = Corrupt(file.content) if call.fault.corrupt else file.content
        return Answer(content_type=file.mime, stream=body, rate=call.fault.rate or file.rate)

    def _own_file(self, call: Call, file_id: str) -> tuple[File, str]:
        file, me = self._file(call, file_id, scopes.DRIVE_WRITE)
        if file.owner != me:
            raise refusal("file_permission")
        return file, me

    def _file(self, call: Call, file_id: str, wanted: frozenset[str]) -> tuple[File, str]:
        """
        :raises Refusal: not there, or not for this account: Drive tells no difference
        """
        proof = self._tokens.who(call, wanted)
        file = self._school.files.get(file_id)
        sees_all = bool(proof.scopes & wanted - {scopes.DRIVE_FILE})
        opens = file is not None and file.opens_for(proof.email, _resource_keys(call))
        if file is None or not opens or not (sees_all or file.made_here):
            raise refusal("file_not_found", f"File not found: {file_id}.")
        return file, proof.email

    def _used(self, me: str) -> int:
        own = [file for file in list(self._school.files.values()) if file.owner == me]
        return sum(file.content.size for file in own if file.content)


def shown(call: Call, file: File, me: str) -> Answer:
    fields = call.one("fields") or _DEFAULT_FIELDS
    return json_answer(mask(file.shown_to(me, fields), fields))


def new_id() -> str:
    return f"1{secrets.token_urlsafe(24)}"


def _resource_keys(call: Call) -> frozenset[tuple[str, str]]:
    """`X-Goog-Drive-Resource-Keys: id/key,id/key`"""
    header = call.headers.get("x-goog-drive-resource-keys", "")
    pairs = (pair.strip().partition("/") for pair in header.split(","))
    return frozenset((file_id, key) for file_id, _, key in pairs if key)
