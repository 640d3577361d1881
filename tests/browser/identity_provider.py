"""A stand-in for an identity provider (OpenID Connect) on this machine, for tests of the login.

It knows the flow that Streamlit uses: authorization code with PKCE, identity tokens signed with
RS256. Whoever opens its login page picks who they are.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "incident-map", "a secret of the tests"


@dataclass
class Provider:
    """What the provider knows, and what it was asked."""

    issuer: str
    people: dict[str, dict[str, Any]]
    """Claims of each person who can log in, by the label of their link."""
    key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "test", "use": "sig"})
    )
    signing_key: RSAKey | None = None
    """Signs instead of `key`, to make tokens that do not hold."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    with_pkce: int = 0
    """How many codes were given out for a proof that was then shown."""

    @property
    def metadata_url(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def login_page(self, asked: dict[str, str]) -> str:
        links = (
            f'<p><a href="/pick?{html.escape(urlencode(asked | {"person": name}))}">{name}</a></p>'
            for name in self.people
        )
        return f"<!doctype html><title>Provider</title><h1>Who are you?</h1>{''.join(links)}"

    def back(self, asked: dict[str, str]) -> str:
        """Give out a code; return where the browser goes with it."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{answer}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Return the tokens for a code that was given out, once, for the same client and proof."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return None
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != asked.get("code_challenge"):
            return None
        self.with_pkce += 1
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": asked["person"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        } | self.people[asked["person"]]
        signed = jwt.encode(
            {"alg": "RS256", "kid": "test"}, claims, self.signing_key or self.key, ["RS256"]
        )
        return {"access_token": "unused", "token_type": "Bearer", "id_token": signed}


@contextmanager
def providing(people: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """Run a provider on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            if url.path == "/.well-known/openid-configuration":
                self.answer_json(provider.metadata())
            elif url.path == "/keys":
                self.answer_json(KeySet([provider.key]).as_dict(private=False))
            elif url.path == "/authorize" and asked.get("client_id") == CLIENT_ID:
                self.answer(200, provider.login_page(asked).encode(), "text/html; charset=utf-8")
            elif url.path == "/pick":
                self.send_response(302)
                self.send_header("Location", provider.back(asked))
                self.end_headers()
            else:
                self.answer_json({"error": "not_found"}, 404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            given = self.headers.get("Authorization", "").removeprefix("Basic ")
            found = provider.token(form) if given == expected else None
            self.answer_json(found or {"error": "invalid_grant"}, 200 if found else 400)

        def answer_json(self, content: object, status: int = 200) -> None:
            self.answer(status, json.dumps(content).encode(), "application/json")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_port}", people)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
