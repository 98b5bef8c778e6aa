// SPDX-License-Identifier: Apache-2.0
// node_jose_jws.js - panva's jose for JWS over octets: the forms that a JWT does not have.
//
//   {"do":"sign","form":…,"keys":[…],"payload":…,"unencoded":…}   {"ok":true,"jws":…}
//   {"do":"verify","form":…,"key":…,"jws":…,"detached":…}         {"ok":true,"payload":…}
//
// The form is compact, flattened or general, a key a JWK, a payload base64url. "unencoded" is
// b64: false (RFC 7797); "detached" has the payload that the JWS has not.
'use strict'
const jose = require('jose')
const loop = require('./node_loop')

const header = (key, options) =>
  options.unencoded ? { alg: key.alg, b64: false, crit: ['b64'] } : { alg: key.alg }

const signers = {
  compact: async (payload, [key], options) =>
    new jose.CompactSign(payload).setProtectedHeader(header(key, options))
      .sign(await jose.importJWK(key)),
  flattened: async (payload, [key], options) =>
    new jose.FlattenedSign(payload).setProtectedHeader(header(key, options))
      .sign(await jose.importJWK(key)),
  general: async (payload, keys, options) => {
    const jws = new jose.GeneralSign(payload)
    for (const key of keys) {
      jws.addSignature(await jose.importJWK(key)).setProtectedHeader(header(key, options))
    }
    return jws.sign()
  }
}

const verifiers = {
  compact: jose.compactVerify,
  flattened: jose.flattenedVerify,
  general: jose.generalVerify
}

const sign = async ({ form, keys, payload, unencoded }) => ({
  ok: true,
  jws: await signers[form](Buffer.from(payload, 'base64url'), keys, { unencoded })
})

const verify = async ({ form, key, jws, detached }) => {
  const whole = detached === undefined ? jws
    : { ...jws, payload: Buffer.from(detached, 'base64url') }
  const good = await verifiers[form](whole, await jose.importJWK(key), { algorithms: [key.alg] })
  return { ok: true, payload: Buffer.from(good.payload).toString('base64url') }
}

loop.answer({ sign, verify })
