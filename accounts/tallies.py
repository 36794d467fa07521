"""Figures shown beside an account that only apps above this one can count; they register here."""

from collections.abc import Callable, Collection, Mapping

# From the ids of credentials to a number for each; those with none may be left out.
Tally = Callable[[Collection[int]], Mapping[int, int]]

_TALLIES: dict[str, Tally] = {}


def register(name: str, tally: Tally) -> None:
    """`name`: "courses" (it can be seen with) or "waiting" (downloads that need it)."""
    _TALLIES[name] = tally


def of(credential_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Every figure of every account, by one question per figure; a figure not known is absent."""
    found: dict[int, dict[str, int]] = {one: {} for one in credential_ids}
    for name, tally in _TALLIES.items() if credential_ids else ():
        numbers = tally(credential_ids)
        for one in credential_ids:
            found[one][name] = numbers.get(one, 0)
    return found
