// SPDX-License-Identifier: Apache-2.0
// status_list.mjs - a verifier that is not ours: it knows the issuer and nothing else, and decides by
// the public status list alone whether a token is revoked (IETF Token Status List, "Validation Rules").
//
// usage: node status_list.mjs ISSUER HOW < TOKEN; HOW is "plain", or what is done to the list on its way
import { createRemoteJWKSet, jwtVerify } from "jose";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

const MOST = 1 << 20; // bytes of a list: what comes from outside may inflate to anything

// What somebody on the way may do to a Status List Token.
const onTheWay = {
  plain: (list) => list,
  // the same list with another byte somewhere in its bits
  tampered: (list) => {
    const [header, payload, signature] = list.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url"));
    const lst = claims.status_list.lst;
    claims.status_list.lst = lst.slice(0, 40) + (lst[40] === "A" ? "B" : "A") + lst.slice(41);
    return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
  },
  // an access token, which has a good signature as well
  swapped: (list, token) => token,
};

const [issuer, how] = process.argv.slice(2);
const token = readFileSync(0, "utf8").trim();

async function fetched(url, accept) {
  const answer = await fetch(url, { headers: { Accept: accept } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

async function statusOf(token) {
  const found = await fetched(`${issuer}/.well-known/oauth-authorization-server`, "application/json");
  const keys = createRemoteJWKSet(new URL((await found.json()).jwks_uri));
  const { payload } = await jwtVerify(token, keys, { issuer, typ: "at+jwt" });
  const { idx, uri } = payload.status.status_list;
  if (!uri.startsWith(`${issuer}/`)) throw new Error("a list of somebody else");
  const answer = await fetched(uri, "application/statuslist+jwt");
  if (answer.headers.get("content-type") !== "application/statuslist+jwt") throw new Error("no status list");
  const text = onTheWay[how](await answer.text(), token);
  const list = (await jwtVerify(text, keys, { typ: "statuslist+jwt", subject: uri, requiredClaims: ["iat", "exp"] }))
    .payload;
  if (list.status_list.bits !== 1) throw new Error("lists of one bit only");
  const bytes = inflateSync(Buffer.from(list.status_list.lst, "base64url"), { maxOutputLength: MOST });
  if (idx >= bytes.length * 8) throw new Error("beyond the list");
  return { revoked: ((bytes[idx >> 3] >> (idx & 7)) & 1) === 1, places: bytes.length * 8, ttl: list.ttl };
}

try {
  console.log(JSON.stringify(await statusOf(token)));
} catch (error) {
  console.log(JSON.stringify({ refused: error.code ?? error.message }));
}
