# SPDX-License-Identifier: Apache-2.0
"""access_tokens.py - verifies access tokens of `jeton serve` by its published keys, for any Python
framework. Needs PyJWT with cryptography. Asks the server for its keys only: that a token was
revoked shows when it expires."""
import json
import os
import re
import threading
import time
import urllib.request

import jwt

ISSUER = os.environ["JETON_ISSUER"]
AUDIENCE = os.environ.get("JETON_AUDIENCE", ISSUER)
ALGORITHMS = ["ES256"]  # what --token-alg says; never what a token says


class Refused(Exception):
    """What the request is answered with: a status, a body, and a challenge (RFC 6750 §3)."""

    def __init__(self, status, error=None, why=None):
        super().__init__(why)
        self.status = status
        self.body = {"error": error or "missing_token", "error_description": why or "log in first"}
        told = f' error="{error}", error_description="{why}"' if error else ""
        self.headers = {"Retry-After": "1"} if status == 503 else {"WWW-Authenticate": "Bearer" + told}


class Keys:
    """The published keys, kept for as long as the server allows (Cache-Control: max-age). A new key
    is published that long before it signs, so there is no need to ask for one that is unknown."""

    def __init__(self, url):
        self.url, self.keys = url, {}
        self.until = self.retry = float("-inf")
        self.lock = threading.Lock()

    def find(self, kid):
        """The key and its algorithm, or a pair of None."""
        with self.lock:  # one thread asks; the others wait for what it gets
            now = time.monotonic()
            if now >= self.until:
                if now < self.retry:
                    raise Refused(503, "temporarily_unavailable", "the keys cannot be fetched")
                self.fetch(now)
            return self.keys.get(kid, (None, None))

    def fetch(self, now):
        self.retry = now + 1
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                published = json.load(answer)["keys"]
                max_age = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
        except (OSError, ValueError) as problem:
            raise Refused(503, "temporarily_unavailable", "the keys cannot be fetched") from problem
        self.keys = {key["kid"]: (jwt.PyJWK(key).key, key["alg"])
                     for key in published if key.get("alg") in ALGORITHMS}
        self.until = now + int(max_age[1] if max_age else 60)


KEYS = Keys(ISSUER + "/.well-known/jwks.json")


def bearer(authorization):
    """The token in an Authorization header, or None."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def verify(token, role=None, scope=None):
    """The claims of an access token that is good and has the role and the scope, or Refused."""
    if not token:
        raise Refused(401)
    try:
        header = jwt.get_unverified_header(token)
        key, algorithm = KEYS.find(header.get("kid"))
        if key is None:
            raise jwt.InvalidTokenError("the key is unknown")
        claims = jwt.decode(token, key, algorithms=[algorithm], issuer=ISSUER, audience=AUDIENCE,
                            options={"require": ["iss", "aud", "exp", "sub", "jti"]})
        if str(header.get("typ")).lower() not in ("at+jwt", "application/at+jwt"):
            raise jwt.InvalidTokenError("this is no access token")
    except jwt.InvalidTokenError as problem:
        raise Refused(401, "invalid_token", "the access token is not valid") from problem
    if role is not None and role not in claims.get("roles", []):
        raise Refused(403, "insufficient_scope", f"the role {role} is needed")
    if scope is not None and scope not in claims.get("scope", "").split():
        raise Refused(403, "insufficient_scope", f"the scope {scope} is needed")
    return claims
