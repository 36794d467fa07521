"""The people, courses and files of a scenario, and the words that make them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.google import classes
from sandbox.google.classes import Course, Item, Kind
from sandbox.google.content import Content, Source
from sandbox.google.files import OPTIONS, SHORTCUT, File
from sandbox.google.people import User
from sandbox.media import Media

_NO_BYTES = b""


class School:
    """Every method makes or changes one thing; an unknown address becomes an account."""

    def __init__(self, media: Media, origin: str) -> None:
        self._media = media
        self.origin = origin
        self.users: dict[str, User] = {}
        self.courses: dict[str, Course] = {}
        self.files: dict[str, File] = {}

    def user(self, email: str, name: str = "Test User", hd: str = "", **more: Any) -> User:
        """:param more: `quota_bytes`, None for unlimited"""
        self.users[email] = User(email, name, self.origin, hd, **more)
        return self.users[email]

    def known(self, email: str) -> User:
        return self.users.get(email) or self.user(email)

    def user_by_sub(self, sub: str) -> User | None:
        return next((user for user in list(self.users.values()) if user.sub == sub), None)

    # Classroom

    def course(
        self,
        id: str,
        name: str,
        owner: str,
        teachers: Iterable[str] = (),
        students: Iterable[str] = (),
        state: str = "ACTIVE",
        **more: Any,
    ) -> Course:
        """:param more: further fields of Classroom's Course, by their own names"""
        stamp = classes.now()
        fields = {
            "id": id,
            "name": name,
            "ownerId": self.known(owner).sub,
            "courseState": state,
            "creationTime": stamp,
            "updateTime": stamp,
            "alternateLink": classes.course_link(id),
        }
        members = {owner, *teachers}, set(students)
        for email in members[0] | members[1]:
            self.known(email)
        self.courses[id] = Course(fields | more, *members)
        return self.courses[id]

    def topic(self, course: str, id: str, name: str) -> None:
        fields = {"courseId": course, "topicId": id, "name": name, "updateTime": classes.now()}
        self.courses[course].topics.append(fields)

    def item(
        self,
        course: str,
        kind: Kind,
        id: str,
        materials: Iterable[Mapping[str, Any]] = (),
        state: str = "PUBLISHED",
        only_for: Iterable[str] | None = None,
        **more: Any,
    ) -> Item:
        """:param more: further fields (title, text, description, topicId, …) by Google's names"""
        fields = _new_item(course, kind, id, self.courses[course].fields["ownerId"])
        fields |= {"materials": list(materials)} if materials else {}
        subs = None
        if only_for is not None:
            subs = frozenset(self.known(email).sub for email in only_for)
            fields["assigneeMode"] = "INDIVIDUAL_STUDENTS"
            fields["individualStudentsOptions"] = {"studentIds": sorted(subs)}
        made = Item(fields | {"state": state} | more, subs)
        self.courses[course].items[kind].append(made)
        return made

    def change_item(self, course: str, kind: Kind, id: str, **fields: Any) -> None:
        """New values by Google's names; `state="DELETED"` deletes it."""
        item = self.courses[course].find(kind, id)
        item.fields = item.fields | {"updateTime": classes.now()} | fields

    def remove_item(self, course: str, kind: Kind, id: str) -> None:
        """Gone without a trace, as what was deleted long ago."""
        items = self.courses[course].items[kind]
        items.remove(self.courses[course].find(kind, id))

    # Drive

    def file(
        self,
        id: str,
        name: str,
        mime: str,
        content: Source | None = None,
        *,
        size: int | None = None,
        seed: str = "",
        owner: str = "",
        readers: Iterable[str] = (),
        **more: Any,
    ) -> File:
        """`size` (and `seed`, else the id) makes a unique video that is never held in memory.

        :param more: how it behaves (see `files.File`: public, can_download, abusive, …), and
            further fields of Drive's File by their own names
        """
        behaviour = {option: more.pop(option) for option in OPTIONS if option in more}
        file = File(_new_file(id, name, mime) | more, owner, set(readers), **behaviour)
        if not file.is_native:
            file.content = self._content(file, content, size, seed)
        self.files[id] = file
        return file

    def shortcut(self, id: str, target: str, **more: Any) -> File:
        """To a file that is known already, or to none any more."""
        known = self.files.get(target)
        details = {"targetId": target, "targetMimeType": known.mime if known else "video/mp4"}
        if known and known.resource_key:
            details["targetResourceKey"] = known.resource_key
        name = more.pop("name", known.fields["name"] if known else "Atalho")
        return self.file(id, name, SHORTCUT, shortcutDetails=details, **more)

    def change_file(
        self,
        id: str,
        content: Source | None = None,
        *,
        size: int | None = None,
        seed: str = "",
        **fields: Any,
    ) -> None:
        """A new revision when there is content; `fields` by Google's names."""
        file = self.files[id]
        if content is not None or size is not None:
            file.revision += 1
            file.content = self._content(file, content, size, seed)
        file.fields = file.fields | {"modifiedTime": classes.now()} | fields

    def _content(self, file: File, content: Source | None, size: int | None, seed: str) -> Content:
        tag = f"{file.id[:40]}-{file.revision}"
        if size is None:
            return Content(_NO_BYTES if content is None else content, tag)
        name = seed or file.id
        return Content(lambda: self._media.unique(name, size), tag)


def _new_item(course: str, kind: Kind, id: str, creator: str) -> dict[str, Any]:
    stamp = classes.now()
    work = {"workType": "ASSIGNMENT"} if kind == "courseWork" else {}
    return work | {
        "courseId": course,
        "id": id,
        "creationTime": stamp,
        "updateTime": stamp,
        "alternateLink": classes.item_link(course, kind, id),
        "creatorUserId": creator,
        "assigneeMode": "ALL_STUDENTS",
    }


def _new_file(id: str, name: str, mime: str) -> dict[str, Any]:
    stamp = classes.now()
    return {
        "kind": "drive#file",
        "id": id,
        "name": name,
        "mimeType": mime,
        "trashed": False,
        "createdTime": stamp,
        "modifiedTime": stamp,
        "parents": ["root"],
        "webViewLink": f"https://drive.google.com/file/d/{id}/view?usp=drivesdk",
    }
