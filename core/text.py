"""Text as people search for it."""

import unicodedata


def normalise(text: str) -> str:
    """Lower case without accents, the same on every database: "Frações" is found by "fracoes"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
