"""Which network addresses a job may reach. Pure: no name is ever resolved here."""

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from urllib.parse import unquote

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Ports where something other than a web server listens: speaking HTTP to them is an attack.
REFUSED_PORTS = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101}
    | {102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389}
    | {427, 445, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601}
    | {631, 636, 873, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376}
    | {2379, 3306, 3389, 3659, 4045, 4190, 4444, 5060, 5061, 5432, 5672, 5900, 5984, 6000, 6379}
    | {6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9092, 9200, 9300, 10080, 11211}
    | {27017, 27018, 50000}
)

# ipaddress calls these global although no public web server lives there.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "64:ff9b::/96",  # NAT64: whatever IPv4 address is written inside
        "64:ff9b:1::/48",
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "::/96",  # IPv4 in disguise
        "fec0::/10",  # site-local
    )
)
_PRIVATE_NAMES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")
_DOTS = str.maketrans({"。": ".", "．": ".", "｡": "."})
_NUMBER = re.compile(r"0x(?P<hex>[0-9a-f]*)|0(?P<octal>[0-7]*)|(?P<decimal>[1-9]\d*)")


class BlockedAddress(OSError):
    """A connection that was not made, because of where it would have led."""

    code = "network.blocked_address"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"blocked: {host} port {port} is not a public web address")


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public internet.

    :raises ValueError: it is not a numeric address
    """
    ip: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and (inner := ip.ipv4_mapped or ip.sixtofour):
        ip = inner
    if any(ip.version == network.version and ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def check_endpoint(address: str, port: int, allowed: Collection[tuple[str, int]]) -> None:
    """What a connection is about to reach. A name is refused: it would be resolved after us.

    :raises BlockedAddress: it is neither allowed by name nor a public web address
    """
    if (address, port) in allowed:
        return
    try:
        public = is_public(address)
    except ValueError:
        public = False
    if not public or port in REFUSED_PORTS:
        raise BlockedAddress(address, port)


def normal_host(host: str) -> str:
    """A host the way a resolver ends up seeing it: no brackets, no odd dots, no final dot."""
    plain = unicodedata.normalize("NFKC", unquote(host)).translate(_DOTS)
    return plain.strip().strip("[]").rstrip(".").lower()


def literal_address(host: str) -> Address | None:
    """The address that a host spells, in any notation a resolver takes (127.1, 0x7f.1 …)."""
    plain = normal_host(host)
    try:
        return ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return _classic_ipv4(plain)


def looks_private(host: str, port: int, allowed: Collection[str]) -> bool:
    """What can be told without asking a name server; `allowed` holds `host:port` pairs."""
    if endpoint(host, port) in {parse_endpoint(pair) for pair in allowed}:
        return False
    if port in REFUSED_PORTS:
        return True
    if ip := literal_address(host):
        return not is_public(str(ip))
    plain = normal_host(host)
    return "." not in plain or plain.endswith(tuple(f".{name}" for name in _PRIVATE_NAMES))


def endpoint(host: str, port: int) -> tuple[str, int]:
    """Two spellings of one endpoint are equal."""
    return str(literal_address(host) or normal_host(host)), port


def parse_endpoint(pair: str) -> tuple[str, int]:
    """`host:port` or `[v6]:port`.

    :raises ValueError: there is no port
    """
    host, _, port = pair.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"{pair!r} is not host:port")
    return endpoint(host, int(port))


def _classic_ipv4(host: str) -> ipaddress.IPv4Address | None:
    """inet_aton: up to four parts, each decimal, octal or hexadecimal; the last fills up."""
    matches = [_NUMBER.fullmatch(part) for part in host.split(".")]
    parts = [_value(match) for match in matches if match]
    if len(parts) != len(matches) or not 1 <= len(parts) <= 4:
        return None
    *heads, last = parts
    if any(head > 255 for head in heads) or last >= 256 ** (4 - len(heads)):
        return None
    value = last
    for index, head in enumerate(heads):
        value |= head << (8 * (3 - index))
    return ipaddress.IPv4Address(value)


def _value(match: re.Match[str]) -> int:
    if match["hex"] is not None:
        return int(match["hex"] or "0", 16)
    if match["octal"] is not None:
        return int(match["octal"] or "0", 8)
    return int(match["decimal"])
