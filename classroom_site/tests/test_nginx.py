"""The nginx files, in a real nginx: what the application is told, and what clients get."""

import http.client
import json
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from classroom_site.tests.nginx import NGINX, arguments, installed, started
from classroom_site.tests.product import free_port
from core.answers import PERMISSIONS_POLICY

pytestmark = pytest.mark.skipif(
    not NGINX, reason="nginx is not installed: the proxy's files stay untested"
)
FILM = bytes(range(256)) * 40


class Application(BaseHTTPRequestHandler):
    """Stands in for the product: says what it was told, hands a file over, or upgrades."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/library/1/file":
            self.send_response(200)
            self.send_header("X-Accel-Redirect", "/_media/d0/film.mp4")
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Disposition", 'inline; filename="film.mp4"')
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path.startswith("/ws/"):
            self.send_response(101)
            self.send_header("Upgrade", self.headers["Upgrade"])
            self.send_header("Connection", self.headers["Connection"])
            self.end_headers()
            self.close_connection = True
        elif self.path == "/policies":
            policies = {
                "Permissions-Policy": "camera=()",
                "Content-Security-Policy": "default-src 'self'",
                "X-Content-Type-Options": "nosniff",
            }
            self.answer(b"{}", **policies)
        else:
            self.answer(json.dumps(dict(self.headers.items())).encode())

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b"{}")

    def answer(self, body, **headers):
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def mistakes_in(configuration: Path) -> str:
    said = subprocess.run(
        [*arguments(configuration), "-t"], capture_output=True, text=True, check=False
    )
    return "" if said.returncode == 0 else said.stderr


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """nginx on a port of its own before a stand-in for the application."""
    folder = tmp_path_factory.mktemp("nginx")
    application = ThreadingHTTPServer(("127.0.0.1", 0), Application)
    threading.Thread(target=application.serve_forever, daemon=True).start()
    port = free_port()
    files = installed(
        folder,
        {
            "web:8000": f"127.0.0.1:{application.server_address[1]}",
            "listen 8080": f"listen 127.0.0.1:{port}",
            "127.0.0.1:8081": f"127.0.0.1:{free_port()}",
            "/srv/classroom": str(folder),
            "/tmp/nginx": str(folder / "run"),
            "/dev/stdout": str(folder / "access.log"),
            "/dev/stderr": str(folder / "error.log"),
        },
    )
    (folder / "media/library/d0").mkdir(parents=True)
    (folder / "media/library/d0/film.mp4").write_bytes(FILM)
    (folder / "var/static/css").mkdir(parents=True)
    (folder / "var/static/css/base.0123456789ab.css").write_text("body{}" * 400)
    (folder / "var/static/css/base.css").write_text("body{}")
    process = started(files / "http.conf", port)
    yield ("127.0.0.1", port), folder
    process.terminate()
    process.wait()
    application.shutdown()
    application.server_close()


@pytest.fixture
def ask(nginx):
    (host, port), _folder = nginx
    connections = []

    def ask(path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(host, port, timeout=5)
        connections.append(connection)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers={"Host": "school.example"} | named)
        answer = connection.getresponse()
        return answer, answer.read() if answer.status != 101 else b""

    yield ask
    for connection in connections:
        connection.close()


def test_a_client_cannot_say_where_it_comes_from(ask):
    _answer, body = ask(
        "/",
        X_Forwarded_For="1.2.3.4",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="evil.example",
        Forwarded="for=1.2.3.4",
        X_Real_IP="1.2.3.4",
    )
    told = {name.lower(): value for name, value in json.loads(body).items()}

    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "http"
    assert told["host"] == "school.example"
    assert not {"x-forwarded-host", "forwarded", "x-real-ip"} & set(told)


def test_a_permitted_file_comes_from_the_media_folder_with_ranges(ask):
    answer, body = ask("/library/1/file", Range="bytes=100-199")

    assert (answer.status, body) == (206, FILM[100:200])
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Disposition"] == 'inline; filename="film.mp4"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; img-src 'self'; media-src 'self'"
    assert answer.headers.get_all("Permissions-Policy") == [PERMISSIONS_POLICY]


@pytest.mark.parametrize(
    "path",
    [
        "/_media/d0/film.mp4",
        "/_media/../var/static/css/base.css",
        "/static/../../media/library/d0/film.mp4",
        "/static/%2e%2e/%2e%2e/media/library/d0/film.mp4",
    ],
)
def test_nobody_reaches_the_media_folder_past_the_application(ask, path):
    answer, body = ask(path)

    assert FILM[:256] not in body
    assert answer.status in {400, 404} or "Host" in json.loads(body)  # asked the application


def test_a_websocket_passes_through(ask):
    answer, _body = ask("/ws/dashboard", Connection="Upgrade", Upgrade="websocket")

    assert answer.status == 101
    assert answer.headers["Upgrade"] == "websocket"
    assert answer.headers["Connection"] == "upgrade"


def test_static_files_are_compressed_and_kept_as_long_as_their_name_allows(ask):
    hashed, body = ask("/static/css/base.0123456789ab.css", Accept_Encoding="gzip")
    plain, _body = ask("/static/css/base.css")

    assert hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert hashed.headers["Content-Encoding"] == "gzip"
    assert len(body) < 400
    assert plain.headers["Cache-Control"] == "max-age=3600"
    assert {hashed.status, plain.status} == {200}


def policies_of(answer):
    names = ("Permissions-Policy", "Content-Security-Policy", "X-Content-Type-Options")
    return [answer.headers.get_all(name) for name in names]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/css/base.css", 200),
        ("/static/css/base.0123456789ab.css", 200),
        ("/static/css/missing.css", 404),
    ],
)
def test_what_nginx_answers_itself_carries_the_policies_of_the_product(ask, path, status):
    answer, _body = ask(path)

    assert answer.status == status
    content = "default-src 'none'; frame-ancestors 'none'"
    assert policies_of(answer) == [[PERMISSIONS_POLICY], [content], ["nosniff"]]


def test_so_do_its_refusals(ask):
    huge, _body = ask("/api/v1/downloads", "POST", b"x" * 2_100_000)

    assert huge.status == 413
    assert policies_of(huge)[0] == [PERMISSIONS_POLICY]


def test_what_the_application_has_said_is_not_said_twice(ask):
    answer, _body = ask("/policies")

    assert policies_of(answer) == [["camera=()"], ["default-src 'self'"], ["nosniff"]]


def test_a_huge_body_is_refused_before_it_reaches_the_application(ask):
    small, _body = ask("/api/v1/downloads", "POST", b"x" * 1000)
    huge, _body = ask("/api/v1/downloads", "POST", b"x" * 2_100_000)

    assert (small.status, huge.status) == (200, 413)


def test_the_access_log_keeps_secrets_out(nginx, ask):
    ask("/setup/one-time-secret")
    ask("/connect/one-time-secret/result")
    ask("/accounts/password/reset/key/1-secret/")
    ask("/library?token=secret")
    time.sleep(0.1)
    log = (nginx[1] / "access.log").read_text()

    assert '"GET /library" 200' in log
    assert "secret" not in log


@pytest.fixture
def certificate(tmp_path):
    """A certificate and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "school.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tmp_path


def test_nginx_accepts_the_files_for_https(certificate, tmp_path):
    files = installed(
        tmp_path, {"/etc/nginx/certs": str(certificate), "/tmp/nginx": str(tmp_path / "run")}
    )

    assert mistakes_in(files / "https.conf") == ""


def test_nginx_accepts_the_files_for_a_machine_without_containers(certificate, tmp_path):
    files = installed(tmp_path, {"/etc/letsencrypt/live/school.example": str(certificate)})
    wrapper = files / "nginx.conf"
    wrapper.write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off; include host.conf; }}\n"
    )

    assert mistakes_in(wrapper) == ""
