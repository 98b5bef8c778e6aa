#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""python_authlib.py - Authlib as a peer."""
import authlib
from authlib.jose import ECKey, JsonWebToken, OctKey, OKPKey, RSAKey

import python_loop

HMAC = ["HS256", "HS384", "HS512"]
PAIRS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "ES256K",
         "EdDSA", "EdDSA/Ed448"]
TYPES = {"H": OctKey, "R": RSAKey, "P": RSAKey, "ES": ECKey, "Ed": OKPKey}


def read(alg, form, key):
    kind = TYPES.get(alg[:2]) or TYPES[alg[0]]
    return kind.import_key(python_loop.unb64(key) if form == "raw" else key)


def sign(alg, form, key, claims):
    # its own default looks for words such as "secret" in the claims
    return JsonWebToken([alg]).encode({"alg": alg}, claims, read(alg, form, key),
                                      check=False).decode()


def verify(alg, form, key, token):
    claims = JsonWebToken([alg]).decode(token, read(alg, form, key))
    claims.validate()
    return dict(claims)


python_loop.serve("Authlib", authlib.__version__,
                  {"jwk": HMAC + PAIRS, "pem": PAIRS, "raw": HMAC}, sign, verify)
