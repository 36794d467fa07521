"""What the apps hold of a person, so that it can be exported, erased and handed over (LGPD).

Each app registers its own in AppConfig.ready(); the lower app never learns of the upper one.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django_stubs_ext import StrOrPromise

from core.crypto import EncryptedJSONField

Beat = Callable[[], None]
Row = dict[str, Any]

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Share:
    """The rows of one table that are a person's, as they are exported: in `<name>.json`.

    `but` names the columns that stay here: secrets, and what only this machinery understands.
    Encrypted columns stay in any case. `more` are lookups into other tables.
    """

    name: str
    about: StrOrPromise
    rows: Callable[[int], QuerySet[Any]]
    but: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    at_once: int = _AT_ONCE

    @property
    def model(self) -> type[Model]:
        return self.rows(0).model

    @property
    def columns(self) -> list[str]:
        fields = self.model._meta.concrete_fields  # noqa: SLF001 - documented under this name
        open_ones = [one for one in fields if not isinstance(one, EncryptedJSONField)]
        return [one.attname for one in open_ones if one.attname not in self.but] + [*self.more]

    def read(self, user_id: int) -> Iterator[list[Row]]:
        """A page of rows at a time, each a query of its own: another thread may ask for it."""
        rows = self.rows(user_id).order_by("pk")
        page = list(rows.values("pk", *self.columns)[: self.at_once])
        while page:
            last = page[-1]["pk"]
            yield [{name: row[name] for name in self.columns} for row in page]
            if len(page) < self.at_once:
                return
            page = list(rows.filter(pk__gt=last).values("pk", *self.columns)[: self.at_once])


class PersonalData(ABC):
    """One app's share. `user_id` is the person's; every query is bound to it.

    `kept_back` says why a table of the app that leads to a person is not exported.
    """

    # Upper apps first: what refers to something goes before it.
    floor: int
    shares: ClassVar[tuple[Share, ...]] = ()
    kept_back: ClassVar[Mapping[str, str]] = {}

    def stop(self, user_id: int) -> None:  # noqa: B027 - not every app has something that runs
        """End what is under way, in the transaction in which the account is closed for good."""

    @abstractmethod
    def erase(self, user_id: int, beat: Beat) -> None:
        """Remove all of it, files too; it may be interrupted and run again. Beats often."""

    @abstractmethod
    def hand_over(self, user_id: int, to_id: int) -> dict[str, int]:
        """Give what can be given to another person: {noun: how many}. In the caller's transaction.

        What the other has already stays where it is, so that nothing is lost; what runs goes on.
        """


_registered: list[PersonalData] = []


def register(data: PersonalData) -> None:
    _registered.append(data)
    _registered.sort(key=lambda one: -one.floor)


def everything() -> list[PersonalData]:
    """Of all apps, the uppermost first."""
    return list(_registered)


def locked(rows: QuerySet[Any]) -> list[int]:
    """The ids of these rows, locked in the order in which everybody locks them."""
    mine = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(mine.values_list("pk", flat=True))


def remove_rows(rows: QuerySet[Any], beat: Beat) -> None:
    """Delete these, a few hundred at a time, and their names in the admin's log with them."""
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        forget_names(rows.model, ids)
        rows.model._base_manager.filter(pk__in=ids).delete()  # noqa: SLF001 - documented
        beat()


def forget_names(model: type[Model], ids: list[int]) -> None:
    """What the admin's log calls these things: e-mails, titles, names."""
    kind = ContentType.objects.get_for_model(model)
    log = LogEntry.objects.filter(content_type=kind, object_id__in=[str(one) for one in ids])
    log.update(object_repr="", change_message="")
