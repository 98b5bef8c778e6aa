#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""python_pyjwt.py - PyJWT as a peer."""
import json

import jwt
from jwt.algorithms import get_default_algorithms

import python_loop

HMAC = ["HS256", "HS384", "HS512"]
PAIRS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K",
         "EdDSA", "EdDSA/Ed448"]


def read(alg, form, key):
    if form == "jwk":
        return get_default_algorithms()[alg].from_jwk(json.dumps(key))
    return python_loop.unb64(key) if form == "raw" else key


def sign(alg, form, key, claims):
    return jwt.encode(claims, read(alg, form, key), algorithm=alg)


def verify(alg, form, key, token):
    return jwt.decode(token, read(alg, form, key), algorithms=[alg])


python_loop.serve("PyJWT", jwt.__version__, {"jwk": HMAC + PAIRS, "pem": PAIRS, "raw": HMAC},
                  sign, verify)
