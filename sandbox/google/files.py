"""Files on Drive, as Drive stores them, and who may see them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.google.content import Content

NATIVE = "application/vnd.google-apps."
SHORTCUT = f"{NATIVE}shortcut"
FOLDER = f"{NATIVE}folder"
EXPORTABLE = frozenset(f"{NATIVE}{name}" for name in ("document", "presentation", "spreadsheet"))
# How a file behaves, beside what Drive says of it.
OPTIONS = frozenset(
    {"public", "resource_key", "can_download", "abusive", "export_too_large", "made_here", "rate"}
)


@dataclass
class File:
    """`made_here`: by the application itself, so that the scope drive.file shows it."""

    fields: dict[str, Any]
    owner: str
    readers: set[str] = field(default_factory=set)
    content: Content | None = None  # None: native to Google, or a shortcut
    public: bool = False
    resource_key: str = ""
    can_download: bool = True
    abusive: bool = False
    export_too_large: bool = False
    made_here: bool = False
    rate: float | None = None
    revision: int = 1

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def mime(self) -> str:
        return str(self.fields["mimeType"])

    @property
    def is_native(self) -> bool:
        return self.mime.startswith(NATIVE)

    @property
    def is_trashed(self) -> bool:
        return bool(self.fields["trashed"])

    def opens_for(self, email: str, resource_keys: frozenset[tuple[str, str]]) -> bool:
        """A link to a file with a resource key opens only with it, but not to its readers."""
        if email == self.owner:
            return True
        if self.is_trashed:
            return False
        by_link = not self.resource_key or (self.id, self.resource_key) in resource_keys
        return email in self.readers or (self.public and by_link)

    def shown_to(self, email: str, spec: str) -> dict[str, Any]:
        """What metadata say; sizes and sums only when asked for, as they may cost a long read."""
        mine = email == self.owner
        can_download = self.can_download or mine
        told = self.fields | {
            "capabilities": {"canDownload": can_download, "canEdit": mine, "canTrash": mine},
            "ownedByMe": mine,
            "shared": self.public or bool(self.readers),
            "owners": [{"kind": "drive#user", "emailAddress": self.owner}],
        }
        told |= {"resourceKey": self.resource_key} if self.resource_key else {}
        return told | dict(self._about_content(spec))

    def _about_content(self, spec: str) -> Iterator[tuple[str, str]]:
        if self.content is None:
            return
        everything = "*" in spec
        yield "headRevisionId", f"{self.id[:20]}-{self.revision}"
        if everything or "size" in spec:
            yield "size", str(self.content.size)
        for name in ("md5", "sha1", "sha256"):
            if everything or f"{name}Checksum" in spec:
                yield f"{name}Checksum", self.content.digest(name)
