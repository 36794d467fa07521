"""`python -m classroom_site.tests.permissions.write`: docs/permissions.md from the tables.

With --check it says whether the document is what would be written.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from classroom_site.tests.permissions import table_admin, table_api, table_pages, table_sockets
from classroom_site.tests.permissions.rules import Actor, Codes, Row
from classroom_site.tests.permissions.table_admin import Pages

DOCUMENT = Path(__file__).parents[3] / "docs" / "permissions.md"

HEAD = """# Who may do what

Written by `python -m classroom_site.tests.permissions.write` from the tables in
`classroom_site/tests/permissions/`, which the tests hold the product to: every route, asked by
every actor. A route that stands in no table fails a test.

## The actors

| Actor | Who it is |
|---|---|
| nobody | no session, no key, no token |
| Ana | a teacher, signed in; what a route names is hers |
| Ana's token | a program with an access token of hers: it may what she may |
| key with the scope | hers; where only staff may, one of staff with the scope |
| key with every other scope | the same without the scope |
| Bruno | another teacher |
| superuser's key without admin | such a key has none of its owner's powers |
| staff with every other power | lacks the one the row names (`manage_work` if it names none) |
| staff with the power | has that one alone |
| superuser | has every power |
| deactivated | Ana's session, key and token after her account was closed |

What is not theirs is answered exactly as what does not exist: 404, with the same body. A refusal
changes nothing but counters and the audit trail. 401 on a page means: sent to sign in.

## A new route

1. Run the tests: they name the route and the table it is missing from.
2. Add a row with the rule that fits; `rules.py` says what each means. Whatever departs from a
   rule stands beside it as `but={Actor.STAFF: 409}`, with the reason as a comment.
3. A parameter that the stage does not know gets a thing of Ana's in `stage.py`, with `CANARY` in
   its name: no stranger's answer may contain that word.
4. Write this document again.
"""


def document() -> str:
    return "\n".join(
        [
            HEAD,
            "## The API\n",
            *_routes(table_api.TABLE),
            "## The pages\n",
            *_routes(table_pages.TABLE),
            "## The back office\n",
            "Staff enter with the role alone (and a second factor, where it is required). Each",
            "page needs a power: who lacks it gets 403. Teachers are led away.\n",
            *_of_admin(table_admin.TABLE),
            "## The sockets\n",
            "4401: sign in; 4403: not allowed; 4404: not there, or not theirs.\n",
            *_of_sockets(table_sockets.TABLE),
        ]
    )


def _routes(table: Mapping[str, Row]) -> Iterator[str]:
    yield "| Route | Who | Scope of a key | What each gets |"
    yield "|---|---|---|---|"
    for operation, row in table.items():
        yield f"| `{operation}` | {row.words} | {_code(row.scope)} | {_by_status(row.codes)} |"
    yield ""


def _of_admin(table: Mapping[str, Pages]) -> Iterator[str]:
    yield "| Table | Needs | In the form | Actions |"
    yield "|---|---|---|---|"
    for label, pages in table.items():
        can = [name for name in ("adds", "changes", "deletes") if getattr(pages, name)]
        actions = [
            name if needed == pages.needs else f"{name} (`{needed}`)"
            for name, needed in pages.actions.items()
        ]
        forms = ", ".join(can) or "looks"
        yield f"| {label} | `{pages.needs}` | {forms} | {', '.join(actions)} |"
    yield ""


def _of_sockets(table: Mapping[str, Codes]) -> Iterator[str]:
    yield "| Socket | What each gets |"
    yield "|---|---|"
    for route, codes in table.items():
        yield f"| `{route}` | {_by_status(codes).replace('0: ', 'open: ', 1)} |"
    yield ""


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _by_status(codes: Codes) -> str:
    """Every status, with the actors that get it."""
    found: dict[int, list[str]] = {}
    for actor in Actor:
        if actor in codes:
            found.setdefault(codes[actor], []).append(actor)
    if len(found) == 1:
        return f"{next(iter(found))}: all"
    return "; ".join(f"{status}: {', '.join(who)}" for status, who in sorted(found.items()))


def main(*options: str) -> int:
    written = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    if "--check" in options:
        same = written == document()
        print("" if same else "docs/permissions.md is out of date: write it again.")
        return 0 if same else 1
    DOCUMENT.write_text(document())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
