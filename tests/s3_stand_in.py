"""Object storage on this machine: as much of S3 as a client needs that reads, writes and lists.

An object is there only once all of it has come. Run as a program, it prints its port.
"""

from __future__ import annotations

import hashlib
import io
import sys
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

OBJECTS: dict[str, bytes] = {}
UPLOADS: dict[str, dict[int, bytes]] = {}
LOCK = threading.Lock()


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'


def _unchunked(stream: BinaryIO) -> bytes:
    """Return what came in chunks, each after its length; a checksum may follow the last."""
    chunks = []
    while length := int(stream.readline().split(b";")[0], 16):
        chunks.append(stream.read(length))
        stream.readline()
    while stream.readline().strip():
        pass
    return b"".join(chunks)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _asked(self) -> tuple[str, dict[str, str]]:
        url = urlsplit(self.path)
        query = parse_qs(url.query, keep_blank_values=True)
        return unquote(url.path).lstrip("/"), {k: v[0] for k, v in query.items()}

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _xml(self, name: str, inside: str) -> None:
        body = f'<?xml version="1.0"?><{name}>{inside}</{name}>'.encode()
        self._answer(200, body, Content_Type="application/xml")

    def _missing(self) -> None:
        body = b"" if self.command == "HEAD" else b"<Error><Code>NoSuchKey</Code></Error>"
        self._answer(404, body, Content_Type="application/xml")

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
            data = _unchunked(self.rfile)
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" in (self.headers.get("Content-Encoding") or ""):
            data = _unchunked(io.BytesIO(data))
        return data

    def do_HEAD(self) -> None:
        key, _ = self._asked()
        data = OBJECTS.get(key)
        if data is None and key.strip("/").count("/") == 0:
            self._answer(200)
        elif data is None:
            self._missing()
        else:
            self._answer(
                200, Content_Length=str(len(data)), ETag=_etag(data), Last_Modified=formatdate(0, usegmt=True)
            )  # fmt: skip

    def do_GET(self) -> None:
        key, query = self._asked()
        if "list-type" in query or "/" not in key.rstrip("/"):
            self._list(key.rstrip("/"), query)
            return
        data = OBJECTS.get(key)
        if data is None:
            self._missing()
            return
        asked = self.headers.get("Range")
        if not asked:
            self._answer(200, data, ETag=_etag(data), Last_Modified=formatdate(0, usegmt=True))
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or len(data)), len(data) - 1)
        self._answer(
            206, data[start : end + 1], ETag=_etag(data),
            Content_Range=f"bytes {start}-{end}/{len(data)}", Last_Modified=formatdate(0, usegmt=True),
        )  # fmt: skip

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        prefix, by = query.get("prefix", ""), query.get("delimiter", "")
        whole, common = [], set()
        with LOCK:
            keys = sorted(
                key.removeprefix(f"{bucket}/") for key in OBJECTS if key.startswith(f"{bucket}/")
            )
        for key in keys:
            if not key.startswith(prefix):
                continue
            rest = key[len(prefix) :]
            if by and by in rest:
                common.add(prefix + rest.split(by)[0] + by)
            else:
                whole.append(key)
        said = "".join(
            f"<Contents><Key>{escape(k)}</Key><Size>{len(OBJECTS[f'{bucket}/{k}'])}</Size>"
            f"<ETag>{_etag(OBJECTS[f'{bucket}/{k}'])}</ETag>"
            "<LastModified>2026-01-31T00:00:00.000Z</LastModified></Contents>"
            for k in whole
        )
        said += "".join(
            f"<CommonPrefixes><Prefix>{escape(p)}</Prefix></CommonPrefixes>" for p in sorted(common)
        )
        count = len(whole) + len(common)
        self._xml(
            "ListBucketResult",
            f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{count}</KeyCount>"
            f"<MaxKeys>{max(count, 1000)}</MaxKeys><IsTruncated>false</IsTruncated>{said}",
        )

    def do_PUT(self) -> None:
        key, query = self._asked()
        data = self._body()
        with LOCK:
            if "partNumber" in query:
                UPLOADS[query["uploadId"]][int(query["partNumber"])] = data
            elif "/" in key.rstrip("/"):
                OBJECTS[key] = data
        self._answer(200, ETag=_etag(data))

    def do_POST(self) -> None:
        key, query = self._asked()
        data = self._body()
        if "uploads" in query:
            upload = hashlib.sha256(f"{key}{len(UPLOADS)}".encode()).hexdigest()
            with LOCK:
                UPLOADS[upload] = {}
            bucket, _, name = key.partition("/")
            self._xml(
                "InitiateMultipartUploadResult",
                f"<Bucket>{bucket}</Bucket><Key>{escape(name)}</Key><UploadId>{upload}</UploadId>",
            )
        elif "uploadId" in query:
            with LOCK:
                parts = UPLOADS.pop(query["uploadId"])
                OBJECTS[key] = b"".join(parts[number] for number in sorted(parts))
            self._xml("CompleteMultipartUploadResult", f"<ETag>{_etag(OBJECTS[key])}</ETag>")
        else:
            self._answer(501, data)

    def do_DELETE(self) -> None:
        key, _ = self._asked()
        with LOCK:
            OBJECTS.pop(key, None)
        self._answer(204)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
