"""What a browser calls itself, in words people know. No Django, no I/O."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
LONGEST = 60


def name_of(agent: str) -> str:
    """Such as "Firefox · Windows"; what is not known is shown as it is, shortened."""
    parts = [_first(agent, _BROWSERS), _first(agent, _SYSTEMS)]
    return " · ".join(part for part in parts if part) or agent[:LONGEST]


def _first(agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in known if mark in agent), "")
