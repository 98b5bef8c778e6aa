// SPDX-License-Identifier: Apache-2.0
// node_jose.js - panva's jose as a peer.
'use strict'
const jose = require('jose')
const loop = require('./node_loop')

const hmac = ['HS256', 'HS384', 'HS512']
const pairs = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512',
  'ES256K', 'EdDSA', 'EdDSA/Ed448', 'Ed25519']

const readers = {
  jwk: (key, alg) => jose.importJWK(key, alg),
  pem: (key, alg) =>
    key.includes('PRIVATE') ? jose.importPKCS8(key, alg) : jose.importSPKI(key, alg),
  raw: (key) => Buffer.from(key, 'base64url')
}

const sign = async (alg, format, key, claims) =>
  new jose.SignJWT(claims).setProtectedHeader({ alg }).sign(await readers[format](key, alg))

const verify = async (alg, format, key, token) =>
  (await jose.jwtVerify(token, await readers[format](key, alg), { algorithms: [alg] })).payload

loop.serve('jose', loop.versionOf('jose'), { jwk: [...hmac, ...pairs], pem: pairs, raw: hmac },
  sign, verify)
