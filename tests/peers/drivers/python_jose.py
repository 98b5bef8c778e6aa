#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""python_jose.py - python-jose as a peer."""
import jose
from jose import jwt

import python_loop

HMAC = ["HS256", "HS384", "HS512"]
PAIRS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


def read(form, key):
    return python_loop.unb64(key) if form == "raw" else key


def sign(alg, form, key, claims):
    return jwt.encode(claims, read(form, key), algorithm=alg)


def verify(alg, form, key, token):
    return jwt.decode(token, read(form, key), algorithms=[alg])


python_loop.serve("python-jose", jose.__version__,
                  {"jwk": HMAC + PAIRS, "pem": PAIRS, "raw": HMAC}, sign, verify)
