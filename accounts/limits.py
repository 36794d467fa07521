"""How often each kind of request may be made by one caller. No Django, no I/O.

A caller is an API key, a person, or the address of somebody who has not signed in. Of each
request one limit counts: the general one for reading or changing, or the one its view names.
"""

from dataclasses import dataclass

READ, WRITE, SIGN_IN, PROBE = "read", "write", "sign_in", "probe"
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Rule:
    """So many in so many seconds; `number` 0: as the settings say."""

    number: int
    seconds: int
    meaning: str


RULES: dict[str, Rule] = {
    READ: Rule(0, MINUTE, "Whatever only reads."),
    WRITE: Rule(0, MINUTE, "Whatever changes something."),
    # Of an address: a whole school may sit behind it. Passwords have stricter limits of their own.
    SIGN_IN: Rule(300, MINUTE, "Signing in, signing up and renewing tokens."),
    PROBE: Rule(20, MINUTE, "Asking a source what is there."),
    "validate": Rule(300, MINUTE, "Checking input before it is sent."),
    "report": Rule(10, MINUTE, "Drawing up a report."),
    "export": Rule(10, HOUR, "Taking out everything held of a person."),
    "erase": Rule(10, MINUTE, "Erasing an account."),
    "hand_over": Rule(10, MINUTE, "Handing a person's things over."),
}
# The general limit under the name it has elsewhere.
ALIASES = {"api": WRITE}

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def general(method: str) -> str:
    """The rule of a request whose view names none."""
    return READ if method in SAFE_METHODS else WRITE
