// SPDX-License-Identifier: Apache-2.0
// node_fast_jwt.js - fast-jwt as a peer. It knows no JWK.
'use strict'
const { createSigner, createVerifier } = require('fast-jwt')
const loop = require('./node_loop')

const hmac = ['HS256', 'HS384', 'HS512']
const pairs = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512',
  'EdDSA', 'EdDSA/Ed448']

const read = (format, key) => format === 'raw' ? Buffer.from(key, 'base64url') : key

loop.serve('fast-jwt', loop.versionOf('fast-jwt'), { pem: pairs, raw: hmac },
  (algorithm, format, key, claims) => createSigner({ key: read(format, key), algorithm })(claims),
  (alg, format, key, token) =>
    createVerifier({ key: read(format, key), algorithms: [alg], cache: false })(token))
