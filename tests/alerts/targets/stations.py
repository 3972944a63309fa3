"""What stands in for the world outside: servers on the loopback that write down what reaches them, byte for byte."""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Seen:
    """A request as it came; `host` is the one that was meant."""

    method: str
    host: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What is answered, after so many seconds."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0


@dataclass
class Station:
    """A server: what it saw, and what it answers, in order; then always `default`."""

    port: int
    seen: list[Seen] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    default: Answer = field(default_factory=Answer)
    scheme: str = "http"

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


def handler_of(station: Callable[[], Station], certificate: Callable[[str], ssl.SSLContext] | None = None) -> Any:
    """A handler class for a station; with certificates it is a proxy that ends TLS for every host."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        meant = ""
        inner: ssl.SSLSocket | None = None

        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_CONNECT(self) -> None:
            assert certificate is not None
            self.send_response(200)
            self.end_headers()
            self.meant = self.path.partition(":")[0]
            self.connection = certificate(self.meant).wrap_socket(self.connection, server_side=True)
            self.inner = self.connection
            self.rfile = self.connection.makefile("rb", -1)  # type: ignore[assignment]
            self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]
            self.close_connection = False

        def finish(self) -> None:
            super().finish()
            if self.inner is not None:
                self.inner.close()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            place = station()
            host = self.meant or headers.get("host", "")
            place.seen.append(Seen(self.command, host, self.path, headers, body, time.monotonic()))
            said = place.answers.pop(0) if place.answers else place.default
            time.sleep(said.after_s)
            self.send_response(said.status)
            answered = b"" if said.status in {204, 304} else said.body
            for name, value in {"Content-Length": str(len(answered)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answered)

        do_POST = do_GET = do_PUT = answer  # noqa: N815 - named by http.server

    return Handler


class _Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in mid-answer are what some tests are about."""


@contextmanager
def station(
    *, context: ssl.SSLContext | None = None, certificate: Callable[[str], ssl.SSLContext] | None = None, port: int = 0
) -> Iterator[Station]:
    """A station on a free port; with a context over TLS, with certificates a proxy."""
    holder: list[Station] = []
    server = _Quiet(("127.0.0.1", port), handler_of(lambda: holder[0], certificate))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    holder.append(Station(server.server_address[1], scheme="https" if context else "http"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield holder[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


@contextmanager
def silence() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(16)
        yield deaf.getsockname()[1]


class Authority:
    """Signs certificates for whatever host is asked for; `path` is its own, for those who are to trust it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self._contexts: dict[str, ssl.SSLContext] = {}
        own = self._signed("test authority", self._key, is_authority=True)
        self.path = folder / "authority.pem"
        self.path.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str) -> ssl.SSLContext:
        """A server's side of TLS for a host."""
        if host not in self._contexts:
            key = ec.generate_private_key(ec.SECP256R1())
            pem = self._folder / f"{host}.pem"
            pem.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                + self._signed(host, key).public_bytes(serialization.Encoding.PEM)
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._contexts[host] = context
        return self._contexts[host]

    def _signed(self, name: str, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        host: x509.GeneralName
        try:
            host = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            host = x509.DNSName(name.replace(" ", "-"))
        authority = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([host]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority), critical=False)
            .sign(self._key, hashes.SHA256())
        )
