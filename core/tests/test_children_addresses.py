"""What counts as a public web address, however it is written."""

import pytest

from core.children.addresses import (
    BlockedAddress,
    check_endpoint,
    is_public,
    literal_address,
    looks_private,
    parse_endpoint,
)

LOOPBACK = (
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0X7F.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "127。0。0。1",
    "127｡0｡0｡1",
    "１２７.0.0.1",
    "127%2e0%2E0.1",
    " 127.0.0.1",
)
PRIVATE = (
    "0.0.0.0",
    "0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "::1",
    "[::1]",
    "::ffff:127.0.0.1",
    "[::ffff:7f00:1]",
    "::127.0.0.1",
    "fd00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
)
PUBLIC = (
    "8.8.8.8",
    "134744072",
    "1.1.1.1",
    "200.147.3.157",
    "2606:4700::1111",
    "[2001:4860:4860::8888]",
    "::ffff:8.8.8.8",
    "2002:808:808::1",
)
PRIVATE_NAMES = (
    "localhost",
    "LOCALHOST.",
    "foo.localhost",
    "foo.localhost.",
    "metadata.google.internal",
    "printer.local",
    "nas.home.arpa",
    "redis",
    "postgres.",
    "",
)


@pytest.mark.parametrize("host", LOOPBACK)
def test_every_spelling_of_the_loopback_address_is_seen_through(host: str):
    assert str(literal_address(host)) == "127.0.0.1"
    assert looks_private(host, 80, [])


@pytest.mark.parametrize("host", PRIVATE)
def test_addresses_that_are_not_in_the_public_internet(host: str):
    assert not is_public(str(literal_address(host)))
    assert looks_private(host, 443, [])


@pytest.mark.parametrize("host", PUBLIC)
def test_addresses_in_the_public_internet(host: str):
    assert is_public(str(literal_address(host)))
    assert not looks_private(host, 443, [])


@pytest.mark.parametrize("host", PRIVATE_NAMES)
def test_names_that_only_exist_in_private_networks(host: str):
    assert literal_address(host) is None
    assert looks_private(host, 443, [])


@pytest.mark.parametrize("host", ["example.com", "www.youtube.com.", "localhost.example.com"])
def test_other_names_are_left_to_the_moment_of_connecting(host: str):
    assert literal_address(host) is None
    assert not looks_private(host, 443, [])


@pytest.mark.parametrize(
    "host", ["08.8.8.8", "256.1.1.1", "1.2.3.4.5", "4294967296", "0x", "1..2"]
)
def test_what_only_looks_like_a_number_is_a_name(host: str):
    if host == "0x":  # the one that resolvers do read, as zero
        assert str(literal_address(host)) == "0.0.0.0"
    else:
        assert literal_address(host) is None


@pytest.mark.parametrize("port", [22, 25, 465, 587, 3306, 5432, 6379, 11211, 27017, 0])
def test_ports_of_other_services_are_refused_on_public_hosts_too(port: int):
    assert looks_private("example.com", port, [])
    with pytest.raises(BlockedAddress):
        check_endpoint("8.8.8.8", port, ())


def test_exactly_the_allowed_endpoint_is_open():
    allowed = ["127.0.0.1:8080", "media.school.lan:9000", "[::1]:8080"]

    assert not looks_private("127.0.0.1", 8080, allowed)
    assert not looks_private("127.1", 8080, allowed)
    assert not looks_private("MEDIA.school.lan.", 9000, allowed)
    assert not looks_private("::1", 8080, allowed)
    assert looks_private("127.0.0.1", 8081, allowed)
    assert looks_private("127.0.0.2", 8080, allowed)
    assert looks_private("other.school.lan", 9000, allowed)


def test_a_connection_goes_to_allowed_and_public_addresses_only():
    check_endpoint("8.8.8.8", 443, ())
    check_endpoint("127.0.0.1", 8080, {("127.0.0.1", 8080)})

    for address, port in [("127.0.0.1", 8081), ("example.com", 443), ("", 80), ("10.0.0.1", 80)]:
        with pytest.raises(BlockedAddress, match="not a public web address") as refusal:
            check_endpoint(address, port, {("127.0.0.1", 8080)})
        assert refusal.value.code == "network.blocked_address"


@pytest.mark.parametrize("pair", ["127.0.0.1", "host:", ":80", "host:http", ""])
def test_an_allowed_endpoint_needs_host_and_port(pair: str):
    with pytest.raises(ValueError, match="not host:port"):
        parse_endpoint(pair)
