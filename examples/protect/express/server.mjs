// SPDX-License-Identifier: Apache-2.0
// server.mjs - an Express application whose routes need access tokens of `jeton serve`.
import express from "express";
import { createLocalJWKSet, errors, jwtVerify } from "jose";

const issuer = process.env.JETON_ISSUER;
const demands = {
  issuer,
  audience: process.env.JETON_AUDIENCE ?? issuer,
  algorithms: ["ES256"], // what --token-alg says; never what a token says
  typ: "at+jwt",
  requiredClaims: ["iss", "aud", "exp", "sub", "jti"],
};

// The published keys, kept for as long as the server allows. A new key is published that long
// before it signs, so there is no need to ask for one that is unknown.
let find;
let until = 0;
let fetching;

async function fetchKeys() {
  const asked = Date.now();
  const signal = AbortSignal.timeout(5000);
  const answer = await fetch(`${issuer}/.well-known/jwks.json`, { signal });
  if (!answer.ok) throw new Error(`the keys cannot be fetched: ${answer.status}`);
  find = createLocalJWKSet(await answer.json());
  const maxAge = /max-age=(\d+)/.exec(answer.headers.get("Cache-Control"));
  until = asked + 1000 * (maxAge ? maxAge[1] : 60);
}

async function keys(header, token) {
  if (Date.now() >= until) {
    fetching ??= fetchKeys().finally(() => (fetching = undefined)); // one asks for all
    await fetching;
  }
  return find(header, token);
}

// The one place where a request is refused: with a challenge (RFC 6750 section 3), or because
// nobody can say.
function refuse(response, status, error, why) {
  if (status === 503) response.set("Retry-After", "1");
  else response.set("WWW-Authenticate", error ? `Bearer error="${error}", error_description="${why}"` : "Bearer");
  const body = { error: error ?? "missing_token", error_description: why ?? "log in first" };
  response.status(status).json(body);
}

// demand(): a good token. demand({ role: "admin" }), demand({ scope: "orders:read" }): and that.
function demand({ role, scope } = {}) {
  return async (request, response, next) => {
    const token = /^Bearer +(\S+)$/i.exec(request.get("Authorization") ?? "")?.[1];
    if (!token) return refuse(response, 401);
    try {
      request.claims = (await jwtVerify(token, keys, demands)).payload;
    } catch (problem) {
      if (problem instanceof errors.JOSEError)
        return refuse(response, 401, "invalid_token", "the access token is not valid");
      return refuse(response, 503, "temporarily_unavailable", "the keys cannot be fetched");
    }
    if (role && !request.claims.roles?.includes(role))
      return refuse(response, 403, "insufficient_scope", `the role ${role} is needed`);
    if (scope && !request.claims.scope?.split(" ").includes(scope))
      return refuse(response, 403, "insufficient_scope", `the scope ${scope} is needed`);
    next();
  };
}

const app = express();
app.disable("x-powered-by");

app.get("/me", demand(), (request, response) => {
  response.json({ sub: request.claims.sub, roles: request.claims.roles ?? [] });
});

app.get("/orders", demand({ scope: "orders:read" }), (request, response) => {
  response.json({ orders: [1, 2, 3] });
});

app.delete("/orders/:number", demand({ role: "admin" }), (request, response) => {
  response.json({ removed: Number(request.params.number) });
});

const listener = app.listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${listener.address().port}`);
});
