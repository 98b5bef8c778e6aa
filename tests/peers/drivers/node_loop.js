// SPDX-License-Identifier: Apache-2.0
// node_loop.js - what the drivers for Node share: the protocol of tests/peers/peers.py.
'use strict'
const fs = require('fs')
const path = require('path')
const readline = require('readline')

// The version that is really there: of the package's own file, not of our wish for it.
exports.versionOf = (name) =>
  JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'node_modules', name, 'package.json')))
    .version

// Answers each line of stdin by a line on stdout.
//   formats  format of key -> algorithms the peer takes with such keys
//   sign     (alg, format, key, claims) -> token, or a promise of it
//   verify   (alg, format, key, token) -> claims, or a promise of them; throws to refuse
exports.serve = (peer, version, formats, sign, verify) =>
  exports.answer({
    hello: () => ({ peer, version, formats }),
    sign: async (ask) =>
      ({ ok: true, token: await sign(ask.alg, ask.format, ask.key, ask.claims) }),
    verify: async (ask) =>
      ({ ok: true, claims: await verify(ask.alg, ask.format, ask.key, ask.token) })
  })

// The same with verbs of the driver's own: do -> (question) -> answer, or a promise of it.
exports.answer = async (verbs) => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const ask = JSON.parse(line)
    let answer
    try {
      answer = await verbs[ask.do](ask)
    } catch (error) {
      answer = { ok: false, error: `${error.code || error.name}: ${error.message}` }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
}
