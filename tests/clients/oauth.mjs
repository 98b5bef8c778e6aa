// SPDX-License-Identifier: Apache-2.0
// oauth.mjs - OAuth 2 clients of npm against `jeton serve`. test_oauth.py starts the server and says
// where it is. Prints a line for each test, as cmocka does.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { Issuer } from "openid-client";

globalThis.crypto ??= webcrypto; // oauth4webapi wants it there; Node 18 has it elsewhere
const oauth = await import("oauth4webapi");

const { url, password, secrets } = JSON.parse(process.argv[2]);
const insecure = { [oauth.allowInsecureRequests]: true }; // a test on the loopback, without TLS

const status = async (path, token) =>
  (await fetch(url + path, { headers: { Authorization: `Bearer ${token}` } })).status;

const alice = { username: "alice", password };

const tests = {
  // ---- openid-client ----
  async openid_client_finds_what_there_is() {
    const found = await Issuer.discover(url);
    assert.equal(found.issuer, url);
    assert.equal(found.token_endpoint, url + "/token");
    assert.equal(found.introspection_endpoint, url + "/introspect");
    assert.equal(found.revocation_endpoint, url + "/revoke");
    await assert.rejects(Issuer.discover(url + "/elsewhere"));
  },

  async openid_client_for_a_user_with_refreshing_and_revoking() {
    const { Client } = await Issuer.discover(url);
    const client = new Client({ client_id: "shop", client_secret: secrets.shop });
    const first = await client.grant({ grant_type: "password", ...alice });
    assert.equal(first.token_type, "Bearer");
    assert.equal(first.expired(), false);
    const second = await client.refresh(first.refresh_token);
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal((await client.introspect(second.access_token)).active, true);
    await client.revoke(second.refresh_token);
    assert.deepEqual(await client.introspect(second.access_token), { active: false });
    await assert.rejects(client.refresh(second.refresh_token), { error: "invalid_grant" });
  },

  async openid_client_is_told_what_is_wrong() {
    const { Client } = await Issuer.discover(url);
    const good = new Client({ client_id: "shop", client_secret: secrets.shop });
    const bad = new Client({ client_id: "shop", client_secret: secrets.batch });
    const grant = { grant_type: "password", ...alice };
    await assert.rejects(good.grant({ ...grant, password: "wrong password" }), { error: "invalid_grant" });
    await assert.rejects(good.grant({ ...grant, scope: "jobs:run" }), { error: "invalid_scope" });
    await assert.rejects(good.grant({ ...grant, grant_type: "magic" }), { error: "unsupported_grant_type" });
    await assert.rejects(bad.grant(grant), { error: "invalid_client" });
  },

  async openid_client_in_its_own_name_by_header_and_by_form() {
    const { Client } = await Issuer.discover(url);
    for (const token_endpoint_auth_method of ["client_secret_basic", "client_secret_post"]) {
      const client = new Client({ client_id: "batch", client_secret: secrets.batch, token_endpoint_auth_method });
      const token = await client.grant({ grant_type: "client_credentials", scope: "jobs:run" });
      assert.equal(token.refresh_token, undefined);
      assert.equal(await status("/verify?scope=jobs:run", token.access_token), 200);
      assert.equal(await status("/verify?scope=jobs:see", token.access_token), 403);
    }
  },

  // ---- oauth4webapi: strict about every answer ----
  async oauth4webapi_for_a_user_with_refreshing_and_revoking() {
    const server = await discovered();
    const client = { client_id: "app" };
    const none = oauth.None();
    const form = new URLSearchParams(alice);
    const first = await oauth.processGenericTokenEndpointResponse(server, client,
      await oauth.genericTokenEndpointRequest(server, client, none, "password", form, insecure));
    assert.equal(await status("/whoami", first.access_token), 200);
    const second = await oauth.processRefreshTokenResponse(server, client,
      await oauth.refreshTokenGrantRequest(server, client, none, first.refresh_token, insecure));
    assert.equal(await status("/whoami", second.access_token), 200);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, none, second.refresh_token, insecure));
    assert.equal(await status("/whoami", second.access_token), 401);
    await assert.rejects(async () => oauth.processRefreshTokenResponse(server, client,
      await oauth.refreshTokenGrantRequest(server, client, none, second.refresh_token, insecure)),
    { error: "invalid_grant" });
  },

  async oauth4webapi_in_its_own_name() {
    const server = await discovered();
    const client = { client_id: "batch" };
    for (const method of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
      const ask = async (secret) => oauth.processClientCredentialsResponse(server, client,
        await oauth.clientCredentialsGrantRequest(server, client, method(secret), {}, insecure));
      assert.equal(await status("/verify?scope=jobs:run", (await ask(secrets.batch)).access_token), 200);
      await assert.rejects(ask(secrets.shop), { name: "WWWAuthenticateChallengeError" });
    }
  },

  async oauth4webapi_introspects() {
    const server = await discovered();
    const client = { client_id: "shop" };
    const proof = oauth.ClientSecretBasic(secrets.shop);
    const ask = async (token) => oauth.processIntrospectionResponse(server, client,
      await oauth.introspectionRequest(server, client, proof, token, insecure));
    const token = await login("shop", proof);
    const told = await ask(token);
    assert.deepEqual([told.active, told.client_id, told.iss], [true, "shop", url]);
    assert.deepEqual(await ask(token.slice(0, -8) + "AAAAAAAA"), { active: false });
  },

  // RFC 9068 as a resource server that somebody else has written reads it.
  async oauth4webapi_takes_our_access_tokens_as_rfc_9068_has_them() {
    const server = await discovered();
    const token = await login("shop", oauth.ClientSecretBasic(secrets.shop));
    const check = (text, audience) =>
      oauth.validateJwtAccessToken(server, new Request("https://shop.example/orders",
        { headers: { Authorization: `Bearer ${text}` } }), audience, insecure);
    const claims = await check(token, "https://shop.example");
    assert.deepEqual([claims.iss, claims.client_id], [url, "shop"]);
    await assert.rejects(check(token, "https://other.example"));
    await assert.rejects(check(token.slice(0, -8) + "AAAAAAAA", "https://shop.example"));
  },
};

async function discovered() {
  const issuer = new URL(url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  return oauth.processDiscoveryResponse(issuer, answer);
}

async function login(client_id, proof) {
  const server = await discovered();
  const answer = await oauth.genericTokenEndpointRequest(server, { client_id }, proof, "password",
    new URLSearchParams(alice), insecure);
  return (await oauth.processGenericTokenEndpointResponse(server, { client_id }, answer)).access_token;
}

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  console.log(`[ RUN      ] oauth.mjs ${name}`);
  try {
    await test();
    console.log(`[       OK ] oauth.mjs ${name}`);
  } catch (error) {
    failed += 1;
    console.log(error);
    console.log(`[  FAILED  ] oauth.mjs ${name}`);
  }
}
process.exit(failed ? 1 : 0);
