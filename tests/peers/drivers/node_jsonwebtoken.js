// SPDX-License-Identifier: Apache-2.0
// node_jsonwebtoken.js - jsonwebtoken as a peer. It knows no JWK; Node reads them for it.
'use strict'
const crypto = require('crypto')
const jwt = require('jsonwebtoken')
const loop = require('./node_loop')

const hmac = ['HS256', 'HS384', 'HS512']
const pairs = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']

const readers = {
  jwk: (key) => key.d ? crypto.createPrivateKey({ key, format: 'jwk' })
    : crypto.createPublicKey({ key, format: 'jwk' }),
  pem: (key) => key,
  raw: (key) => Buffer.from(key, 'base64url')
}

loop.serve('jsonwebtoken', loop.versionOf('jsonwebtoken'),
  { jwk: pairs, pem: pairs, raw: hmac },
  (alg, format, key, claims) => jwt.sign(claims, readers[format](key), { algorithm: alg }),
  (alg, format, key, token) => jwt.verify(token, readers[format](key), { algorithms: [alg] }))
