"""The net: a proxy and an origin at once, that keeps a journal and lets nothing out."""

import http.client
import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request

import pytest

from sandbox.tests.waiting import until


def through_proxy(sandbox, url, context=None):
    proxies = urllib.request.ProxyHandler({"http": sandbox.proxy, "https": sandbox.proxy})
    secured = urllib.request.HTTPSHandler(context=context)
    return urllib.request.build_opener(proxies, secured).open(url, timeout=10)


def test_https_is_trusted_by_who_trusts_the_authority_only(sandbox):
    url = "https://videos.example/page.html"
    with through_proxy(sandbox, url, ssl.create_default_context(cafile=sandbox.ca_file)) as page:
        assert b"A page with a video" in page.read()

    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        through_proxy(sandbox, url, ssl.create_default_context())

    until(lambda: sandbox.log.untrusted == ["videos.example"])


@pytest.mark.parametrize("url", ["http://elsewhere.example/a?b=c", "http://127.0.0.2:9/a?b=c"])
def test_a_host_that_nobody_plays_is_refused_and_noted(sandbox, url):
    with pytest.raises(urllib.error.HTTPError, match="502") as refusal:
        through_proxy(sandbox, url)
    refusal.value.close()

    assert sandbox.log.escaped == [url]


def test_a_tunnel_to_a_host_that_nobody_plays_is_refused_and_noted(sandbox):
    with pytest.raises(urllib.error.URLError, match="502"):
        through_proxy(sandbox, "https://elsewhere.example/secret")

    assert sandbox.log.escaped == ["https://elsewhere.example:443/"]


def test_the_proxy_and_the_origin_lead_to_the_same_file(sandbox, get):
    plain = get("/media/en.vtt").read()
    with through_proxy(sandbox, "http://videos.example/en.vtt") as by_name:
        assert by_name.read() == plain
    with through_proxy(sandbox, f"{sandbox.origin}/media/en.vtt") as by_address:
        assert by_address.read() == plain
    assert plain.startswith(b"WEBVTT")


@pytest.mark.parametrize("path", ["/", "/media/../../secret", "/media/%2e%2e/x", "/_sandbox/no"])
def test_what_does_not_exist_is_not_found(get, path):
    assert get(path).status in (404, 502)


def test_the_log_tells_who_asked_what_and_how_much_was_sent(get, get_json):
    get("/files/unique/log/100000.mp4?n=1", Range="bytes=0-999", X_Mark="here").read()
    get("/media/en.vtt").read()

    log = get_json("/_sandbox/log?containing=unique/log")
    [request] = log["requests"]
    assert request["method"] == "GET"
    assert request["url"].endswith("/files/unique/log/100000.mp4?n=1")
    assert request["headers"]["Range"] == "bytes=0-999"
    assert request["headers"]["X-Mark"] == "here"
    assert (request["status"], request["sent"], request["aborted"]) == (206, 1000, False)
    assert 0 <= request["ended"] - request["started"] < 5
    assert request["peer_port"] > 0
    assert (log["escaped"], log["untrusted"], log["errors"]) == ([], [], [])


def test_reset_empties_the_log(get, get_json):
    get("/media/en.vtt").read()
    get("/_sandbox/reset", "POST").read()

    assert get_json("/_sandbox/log")["requests"] == []


def test_a_request_that_makes_no_sense_is_answered_and_noted(sandbox, get):
    assert get("/bad/redir/x.mp4").status == 400

    assert "KeyError: 'to'" in sandbox.log.errors[0]
    sandbox.reset()


def test_one_connection_serves_many_requests(sandbox):
    connection = http.client.HTTPConnection(sandbox.address, timeout=10)
    for _ in range(3):
        connection.request("GET", "/media/en.vtt")
        assert connection.getresponse().read().startswith(b"WEBVTT")
    connection.close()

    assert len({entry.peer_port for entry in sandbox.log.requests()}) == 1


def test_a_client_that_leaves_is_noticed_at_once(sandbox):
    host, port = sandbox.address.split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(
            b"GET /bad/stall/x.mp4 HTTP/1.1\r\nHost: %s\r\n\r\n" % sandbox.address.encode()
        )
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        assert sandbox.log.requests()[0].ended is None
        left = time.time()

    until(lambda: sandbox.log.requests()[0].ended)
    entry = sandbox.log.requests()[0]
    assert entry.aborted
    assert entry.ended - left < 1


def test_eighty_slow_clients_are_served_together(sandbox, get):
    lengths = []

    def client(number):
        url = f"{sandbox.origin}/files/unique/many{number}/100000.mp4?rate=100000"
        with urllib.request.urlopen(url, timeout=20) as answer:
            lengths.append(len(answer.read()))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(80)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lengths == [100_000] * 80
    assert time.monotonic() - started < 5  # 80 s one after the other


def test_the_samples_are_addresses_to_paste(get):
    samples = json.load(get("/_sandbox/samples"))

    assert samples[0]["url"] == "https://www.youtube.com/watch?v=fracoesAul1"
    assert {sample["site"] for sample in samples} == {"YouTube", "Google Drive"}
