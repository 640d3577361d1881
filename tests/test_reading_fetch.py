"""Fetching by address, against a stand-in on this machine and the classic tricks."""

import gzip
import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.reading import DocumentRefusedError, addresses
from incidents.reading.fetch import FetchLimits, fetch

PUBLIC = "93.184.216.34"
PAGE = b"<p>Three people were killed.</p>"


def _answer(body=PAGE, status="200 OK", **headers):
    headers = {"Content-Type": "text/html", "Content-Length": len(body)} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{n}: {v}\r\n" for n, v in headers.items() if v is not None)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


def _redirect(to, status="302 Found"):
    return _answer(b"", status, Location=to)


class StandIn:
    """A server on the loopback that stands in for the public internet.

    `answers` maps host and path to an answer, or to a function of the connection. `asked`
    keeps the requests, `dialled` the addresses that were to be connected to.
    """

    def __init__(self, answers, names, tls=None):
        self.answers, self.names, self.tls = answers, names, tls
        self.asked, self.dialled, self.resolved = [], [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        with suppress(OSError), connection:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(4096)
            self.asked.append(request.decode())
            first, *rest = request.decode().split("\r\n")
            host = next(line[6:] for line in rest if line.startswith("Host: "))
            answer = self.answers[host + first.split()[1]]
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)
            connection.close()

    def resolve(self, host, port):
        self.resolved.append(host)
        found = self.names[host]
        return found.pop(0) if found and isinstance(found[0], list) else found

    def dial(self, address, port, seconds):
        self.dialled.append((address, port))
        return socket.create_connection(self.listener.getsockname(), timeout=seconds)

    def fetch(self, url, **options):
        return fetch(url, resolve=self.resolve, dial=self.dial, **options)


@pytest.fixture
def stand_in():
    opened = []

    def start(answers, names=None, **options):
        opened.append(StandIn(answers, {"news.example": [PUBLIC], **(names or {})}, **options))
        return opened[-1]

    yield start
    for server in opened:
        server.listener.close()


def test_a_page_is_fetched_from_the_address_that_was_checked(stand_in):
    server = stand_in({"news.example/a?id=1": _answer(Content_Type="text/html; charset=utf-8")})
    fetched = server.fetch("http://news.example/a?id=1#top")
    assert fetched.data == PAGE
    assert fetched.media_type == "text/html; charset=utf-8"
    assert server.dialled == [(PUBLIC, 80)]
    request = server.asked[0].lower()
    assert "user-agent: incident-map/" in request
    assert "cookie" not in request
    assert "referer" not in request


def test_proxies_of_the_environment_are_not_used(stand_in, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server = stand_in({"news.example/": _answer()})
    assert server.fetch("http://news.example").data == PAGE


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "localhost",
        "localhost.",
        "ip6-localhost",
        "ip6-loopback",
        "localhost.localdomain",
        "localhost6.localdomain6",
        "LOCALHOST",
        "a.localhost",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::8.8.8.8]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[fd00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.0.1",
        "198.18.0.1",
        "192.0.2.1",
        "metadata.google.internal",
        "%31%32%37.0.0.1",
    ],
)
def test_no_spelling_of_a_private_address_is_asked_or_dialled(host, stand_in):
    server = stand_in({})
    for scheme in ("http", "https"):
        with pytest.raises(DocumentRefusedError):
            server.fetch(f"{scheme}://{host}/")
    assert server.dialled == server.resolved == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://news.example/",
        "ftp://news.example/",
        "data:text/html,x",
        "javascript:alert(1)",
        "//news.example/",
        "news.example",
        "",
        "http://",
        "http:///a",
        "http://news.example:22/",
        "http://news.example:8080/",
        "http://news.example:0/",
        "http://news.example:99999/",
        "http://user@news.example/",
        "http://user:word@news.example/",
        "http://@news.example/",
        "http://news.example@127.0.0.1/",
        "http://news.example /",
        "http://news.example\\@127.0.0.1/",
        "http://news.example/a\r\nHost: x",
        "http://news.example/\x00",
        "http://news..example/",
        "http://-.example/",
        "http://[news.example]/",
        "http://" + "a" * 300 + ".example/",
        "http://news.example/" + "a" * 2000,
        "http://news.example/\ud800",
        "http://\ud800.example/",
    ],
)
def test_what_is_no_plain_public_address_is_refused(url, stand_in):
    server = stand_in({"news.example/": _answer()})
    with pytest.raises(DocumentRefusedError):
        server.fetch(url)
    assert server.dialled == []


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["169.254.169.254"],
        [PUBLIC, "10.0.0.1"],
        [],
    ],
)
def test_a_name_is_refused_if_any_of_its_addresses_is_private(found, stand_in):
    server = stand_in({}, {"trick.example": found})
    with pytest.raises(DocumentRefusedError, match=r"not public|no address"):
        server.fetch("http://trick.example/")
    assert server.dialled == []


def test_a_name_that_changes_its_address_is_resolved_once(stand_in):
    names = {"rebind.example": [[PUBLIC], ["127.0.0.1"]]}
    server = stand_in({"rebind.example/": _answer()}, names)
    assert server.fetch("http://rebind.example/").data == PAGE
    assert server.dialled == [(PUBLIC, 80)]
    assert server.resolved == ["rebind.example"]


def test_a_name_that_changes_between_redirects_is_checked_again(stand_in):
    names = {"rebind.example": [[PUBLIC], ["127.0.0.1"]]}
    server = stand_in({"rebind.example/": _redirect("/b"), "rebind.example/b": _answer()}, names)
    with pytest.raises(DocumentRefusedError, match="not public"):
        server.fetch("http://rebind.example/")
    assert server.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "//localhost/",
        "http://[::ffff:127.0.0.1]/",
        "http://inside.example/",
        "file:///etc/passwd",
        "gopher://news.example/",
        "http://news.example:22/",
        "http://user@news.example/",
        "http://0x7f.1/",
        "http://[::1/",
        "http://[x]/",
    ],
)
def test_a_redirect_inwards_is_not_followed(to, stand_in):
    server = stand_in({"news.example/": _redirect(to)}, {"inside.example": ["192.168.0.1"]})
    with pytest.raises(DocumentRefusedError):
        server.fetch("http://news.example/")
    assert server.dialled == [(PUBLIC, 80)]


def test_three_redirects_are_followed_and_a_fourth_is_not(stand_in):
    steps = {f"news.example/{n}": _redirect(f"/{n + 1}", "301 Moved") for n in range(4)}
    server = stand_in({**steps, "news.example/4": _answer()})
    assert server.fetch("http://news.example/1").url == "http://news.example/4"
    with pytest.raises(DocumentRefusedError, match="more than 3 times"):
        server.fetch("http://news.example/0")


def test_a_redirect_to_an_address_in_urdu_is_followed(stand_in):
    server = stand_in(
        {
            "news.example/": b"HTTP/1.1 302 Found\r\nLocation: /" + "خبر".encode() + b"\r\n\r\n",
            "news.example/%D8%AE%D8%A8%D8%B1": _answer(),
        }
    )
    assert server.fetch("http://news.example/").data == PAGE


def test_another_address_of_a_name_is_tried_if_the_first_does_not_answer(stand_in):
    server = stand_in({"two.example/": _answer()}, {"two.example": ["8.8.8.8", PUBLIC]})

    def dial(address, port, seconds):
        if address == "8.8.8.8":
            raise ConnectionRefusedError("refused")
        return server.dial(address, port, seconds)

    assert fetch("http://two.example/", resolve=server.resolve, dial=dial).data == PAGE


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_answer(status="404 Not Found"), "404 Not Found"),
        (_answer(status="206 Partial Content"), "206"),
        (_answer(Content_Type="image/png"), "image/png"),
        (_answer(Content_Type="application/octet-stream"), "octet-stream"),
        (_answer(Content_Type=None), "content type"),
        (_answer(Content_Type="text/html-x"), "content type"),
        (_answer(Content_Length=99_000_000), "99.0 MB"),
        (_answer(Content_Length=len(PAGE) + 5), "in whole"),
        (_answer(Content_Length="\xb2"), "Content-Length"),
        (_answer(Content_Length="9" * 5000), "Content-Length"),
        (_answer(Content_Length="-1"), "Content-Length"),
        (_answer(b"-5\r\nabcde", Content_Length=None, Transfer_Encoding="chunked"), "in whole"),
        (_answer(Content_Encoding="br"), "packed as 'br'"),
        (_answer(Content_Encoding="gzip"), "in whole"),
        (_answer(gzip.compress(PAGE)[:-9], Content_Encoding="gzip"), "in whole"),
        (b"SSH-2.0-OpenSSH\r\n", "in whole"),
        (b"", "in whole"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "in whole"),
        (b"HTTP/1.1 302 Found\r\n\r\n", "302"),
    ],
)
def test_an_answer_that_is_no_article_is_refused(answer, said, stand_in):
    with pytest.raises(DocumentRefusedError, match=said):
        stand_in({"news.example/": answer}).fetch("http://news.example/")


@pytest.mark.parametrize(
    "answer",
    [
        _answer(status="404 \x1b[2J\x07" + "No" * 5000),
        _answer(Content_Type="\x1b[2J" + "no" * 5000),
        _answer(Content_Encoding="\x1b[2J" + "no" * 5000),
        _answer(Content_Length="\x1b[2J" + "no" * 5000),
    ],
)
def test_what_a_server_says_goes_into_the_message_shortened_and_harmless(answer, stand_in):
    with pytest.raises(DocumentRefusedError) as refusal:
        stand_in({"news.example/": answer}).fetch("http://news.example/")
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 500


def test_a_packed_answer_is_unpacked(stand_in):
    server = stand_in({"news.example/": _answer(gzip.compress(PAGE), Content_Encoding="gzip")})
    assert server.fetch("http://news.example/").data == PAGE


SMALL = FetchLimits(connect_seconds=2, total_seconds=5, max_bytes=100_000)


def test_a_packed_bomb_is_stopped_while_it_unpacks(stand_in):
    bomb = gzip.compress(bytes(30_000_000))
    server = stand_in({"news.example/": _answer(bomb, Content_Encoding="gzip")})
    with pytest.raises(DocumentRefusedError, match=r"at most 0\.1 MB"):
        server.fetch("http://news.example/", within=SMALL)


def test_a_body_without_end_is_stopped_at_the_limit(stand_in):
    def endless(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(bytes(10_000))

    with pytest.raises(DocumentRefusedError, match=r"at most 0\.1 MB"):
        stand_in({"news.example/": endless}).fetch("http://news.example/", within=SMALL)


def test_a_chunk_of_negative_size_does_not_get_around_the_limit(stand_in):
    def endless(connection):
        head = _answer(b"", Content_Length=None, Transfer_Encoding="chunked")
        connection.sendall(head + b"-1\r\n")
        while True:
            connection.sendall(bytes(10_000))

    with pytest.raises(DocumentRefusedError, match=r"at most 0\.1 MB"):
        stand_in({"news.example/": endless}).fetch("http://news.example/", within=SMALL)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"])
def test_an_answer_that_drips_ends_with_the_time(head, stand_in):
    stop = threading.Event()

    def drip(connection):
        connection.sendall(head)
        while not stop.wait(0.05):
            connection.sendall(b"x")

    server = stand_in({"news.example/": drip})
    hasty = FetchLimits(connect_seconds=0.5, total_seconds=0.5)
    with pytest.raises(DocumentRefusedError, match="too slow"):
        server.fetch("http://news.example/", within=hasty)
    stop.set()


def test_a_name_that_takes_too_long_to_resolve_ends_with_the_time():
    stop = threading.Event()

    def resolve(host, port):
        stop.wait(30)
        return [PUBLIC]

    with pytest.raises(DocumentRefusedError, match="too slow"):
        fetch("http://news.example/", resolve=resolve, within=FetchLimits(connect_seconds=0.2))
    stop.set()


_CERTIFICATE = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    " -subj /CN=news.example -addext subjectAltName=DNS:news.example"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl program here to make a certificate with")
    key, cert = (tmp_path_factory.mktemp("tls") / name for name in ("key.pem", "cert.pem"))
    subprocess.run(
        [openssl, *_CERTIFICATE.split(), "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    return key, cert


def test_https_verifies_the_name_and_not_only_the_address(certificate, stand_in):
    key, cert = certificate
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=cert)
    answers = {"news.example/": _answer(), "other.example/": _answer()}
    server = stand_in(answers, {"other.example": [PUBLIC]}, tls=serving)
    assert server.fetch("https://news.example/", tls=trusting).data == PAGE
    assert server.dialled == [(PUBLIC, 443)]
    for url, context in (
        ("https://other.example/", trusting),
        ("https://news.example/", ssl.create_default_context()),
    ):
        with pytest.raises(DocumentRefusedError, match="certificate"):
            server.fetch(url, tls=context)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_another_one_is_never_public(address):
    inside = int(address)
    for wrapped in (
        inside,
        (0xFFFF << 32) | inside,
        (0x64FF9B << 96) | inside,
        (0x2002 << 112) | (inside << 80),
        (0x20010000 << 96) | inside,
    ):
        assert not addresses.is_public(ipaddress.IPv6Address(wrapped))


@given(st.ip_addresses())
def test_what_is_public_is_so_for_the_standard_library_too(address):
    assert not addresses.is_public(address) or address.is_global
