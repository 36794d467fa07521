"""Text as people search for it."""

import unicodedata


def normalise(text: str) -> str:
    """Lower case without accents, the same on every database: "Frações" is found by "fracoes"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def printable(text: str) -> str:
    """What any database takes: no control characters but line breaks, no half letters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter for letter in whole if letter == "\n" or letter >= " ")
