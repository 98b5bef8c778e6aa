// SPDX-License-Identifier: Apache-2.0
// sign_in.mjs - pages in a real Chromium sign in with cookies. test_browser.py starts the servers
// and says where they are; names below example.test are led to this machine. Prints a line for each
// test, as cmocka does.
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { chromium } from "playwright-core";

const { jeton, development, tls, chromium: executablePath, password, guide } = JSON.parse(process.argv[2]);

// ---- servers: a page, and TLS in front of jeton, with a page beside it ---------------------------------------------

const certificate = { key: fs.readFileSync(tls.key), cert: fs.readFileSync(tls.cert) };
const page = (request, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><title>page</title>");
};
const front = (request, response) => {
  if (request.url === "/page") return page(request, response);
  const [host, port] = jeton.split(":");
  const { method, url: path, headers } = request;
  const onward = http.request({ host, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders);
    answer.pipe(response);
  });
  request.pipe(onward);
};

const servers = [];
const serve = async (make, port, ...how) => {
  const server = make(...how);
  servers.push(server);
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return server.address().port;
};

// ---- a page's own work -------------------------------------------------------------------------

// Runs fetch() in the page, as the scripts of docs/browser.md do.
const call = (page, url, how = {}) =>
  page.evaluate(async ([url, how]) => {
    try {
      const answer = await fetch(url, { credentials: "include", ...how });
      const text = await answer.text();
      return { status: answer.status, json: text.startsWith("{") ? JSON.parse(text) : null };
    } catch (error) {
      return { blocked: String(error) };
    }
  }, [url, how]);

const post = (page, url, csrf, body) =>
  call(page, url, {
    method: "POST",
    headers: { ...(csrf && { "X-CSRF-Token": csrf }), ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });

const credentials = { username: "alice", password, cookies: true };

// ---- tests -------------------------------------------------------------------------------------

let failures = 0;
const test = async (name, body) => {
  console.log(`[ RUN      ] ${name}`);
  try {
    await body();
    console.log(`[       OK ] ${name}`);
  } catch (error) {
    failures++;
    console.log(`${error.stack}\n[  FAILED  ] ${name}`);
  }
};

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--host-resolver-rules=MAP *.test 127.0.0.1"],
});
const context = () => browser.newContext({ ignoreHTTPSErrors: true });
const open = async (context, url) => {
  const page = await context.newPage();
  await page.goto(url);
  return page;
};

const authPort = await serve(https.createServer, tls.authPort, certificate, front);
const appPort = await serve(https.createServer, tls.appPort, certificate, page);
const auth = `https://auth.example.test:${authPort}`;
const app = `https://app.example.test:${appPort}`; // allowed
const sibling = `https://other.example.test:${appPort}`; // of the same site, but not allowed
const stranger = `https://stranger.test:${appPort}`; // another site

await test("a page of another origin of the site signs in, calls, refreshes and leaves", async () => {
  const jar = await context();
  const page = await open(jar, app);
  assert.equal((await call(page, `${auth}/whoami`)).status, 401);

  const login = await post(page, `${auth}/login`, null, credentials);
  assert.equal(login.status, 200);
  const csrf = login.json.csrf_token;
  assert.deepEqual(Object.keys(login.json).sort(), ["csrf_token", "expires_in"]);
  const cookies = await jar.cookies(auth);
  assert.deepEqual(
    cookies.map((c) => [c.name, c.httpOnly, c.secure, c.sameSite, c.path, c.domain]).sort(),
    [
      ["__Host-jeton-access", true, true, "Lax", "/", "auth.example.test"],
      ["__Host-jeton-csrf", false, true, "Strict", "/", "auth.example.test"],
      ["__Host-jeton-refresh", true, true, "Strict", "/", "auth.example.test"],
    ],
  );
  assert.equal(await page.evaluate(() => document.cookie), ""); // they are the other host's

  assert.equal((await call(page, `${auth}/whoami`)).json.username, "alice");
  assert.equal((await call(page, `${auth}/sessions`)).json.sessions.length, 1);
  assert.equal((await call(page, `${auth}/verify?role=admin`)).status, 403);
  assert.equal((await call(page, `${auth}/verify?role=admin`, { headers: { "X-CSRF-Token": csrf } })).status, 200);

  assert.equal((await post(page, `${auth}/refresh`)).status, 403);
  assert.equal((await post(page, `${auth}/refresh`, "A".repeat(32))).status, 403);
  const refreshed = await post(page, `${auth}/refresh`, csrf);
  assert.equal(refreshed.status, 200);
  const renewed = await jar.cookies(auth);
  const value = (list, name) => list.find((c) => c.name === `__Host-jeton-${name}`).value;
  assert.notEqual(value(renewed, "refresh"), value(cookies, "refresh"));
  assert.notEqual(value(renewed, "access"), value(cookies, "access"));
  assert.equal((await call(page, `${auth}/whoami`)).status, 200);

  await page.reload(); // what the page's scripts knew is gone
  const again = (await call(page, `${auth}/csrf`)).json.csrf_token;
  assert.equal(again, csrf);

  assert.equal((await post(page, `${auth}/logout`)).status, 403);
  assert.equal((await call(page, `${auth}/whoami`)).status, 200);
  assert.equal((await post(page, `${auth}/logout`, again)).status, 204);
  assert.deepEqual(await jar.cookies(auth), []);
  assert.equal((await call(page, `${auth}/whoami`)).status, 401);
  await jar.close();
});

await test("a page of the same host reads the value from its cookie", async () => {
  const jar = await context();
  const page = await open(jar, `${auth}/page`);
  assert.equal((await post(page, `${auth}/login`, null, credentials)).status, 200);
  const seen = await page.evaluate(() => document.cookie);
  assert.match(seen, /^__Host-jeton-csrf=[\w-]{32}$/); // and no token
  assert.equal((await post(page, `${auth}/refresh`, seen.split("=")[1])).status, 200);
  assert.equal((await post(page, `${auth}/logout`, seen.split("=")[1])).status, 204);
  await jar.close();
});

// Of a signed-in user, what a page can do by fetch and by form.
const attack = async (origin) => {
  const jar = await context();
  const victim = await open(jar, app);
  const csrf = (await post(victim, `${auth}/login`, null, credentials)).json.csrf_token;
  const page = await open(jar, origin);

  for (const path of ["whoami", "csrf", "sessions"])
    assert.match((await call(page, `${auth}/${path}`)).blocked, /Failed to fetch/);
  for (const path of ["refresh", "logout", "login"]) {
    assert.match((await post(page, `${auth}/${path}`, csrf, {})).blocked, /Failed to fetch/);
    // Sent without a preflight; its answer is opaque, so it is looked at on its way.
    const answer = page.waitForResponse(`${auth}/${path}`);
    await page.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors", credentials: "include" }), `${auth}/${path}`);
    assert.ok([400, 401, 403].includes((await answer).status()), path);
  }
  // A form, which takes the browser to the answer and would sign the user in as somebody else.
  const answer = page.waitForResponse(`${auth}/login`);
  await page.evaluate(([url, fields]) => {
    const form = Object.assign(document.createElement("form"), { method: "POST", action: url });
    for (const [name, value] of Object.entries(fields))
      form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    form.submit();
  }, [`${auth}/login`, { ...credentials, username: "mallory" }]);
  assert.equal((await answer).status(), 403);

  assert.equal((await call(victim, `${auth}/whoami`)).json.username, "alice");
  assert.equal((await post(victim, `${auth}/refresh`, csrf)).status, 200);
  await jar.close();
};

await test("a page of the same site that is not allowed reads nothing and changes nothing", () => attack(sibling));
await test("a page of another site reads nothing and changes nothing", () => attack(stranger));

await test("no page may show our answers in a frame", async () => {
  const jar = await context();
  const page = await open(jar, app);
  await page.evaluate((url) => {
    document.body.append(Object.assign(document.createElement("iframe"), { src: url }));
  }, `${auth}/healthz`);
  const frame = await page.waitForEvent("framenavigated", (f) => f !== page.mainFrame()).catch(() => page.frames()[1]);
  assert.match(frame.url(), /^chrome-error:/);
  await jar.close();
});

// Chromium takes cookies with Secure from localhost, so there the setting is not needed.
const localPort = await serve(http.createServer, development.appPort, page);
const onLocalhost = async (address) => {
  const port = localPort;
  const api = `http://localhost:${address.split(":")[1]}`;
  const jar = await context();
  const own = await open(jar, `http://localhost:${port}`);
  const login = await post(own, `${api}/login`, null, credentials);
  assert.equal(login.status, 200);
  assert.equal((await jar.cookies(api)).length, 3);
  assert.equal((await call(own, `${api}/whoami`)).json.username, "alice");
  assert.equal((await post(own, `${api}/refresh`)).status, 403);
  assert.equal((await post(own, `${api}/refresh`, login.json.csrf_token)).status, 200);

  const other = await open(jar, `http://127.0.0.1:${port}`); // another site, and not allowed
  assert.match((await call(other, `${api}/whoami`)).blocked, /Failed to fetch/);
  assert.match((await post(other, `${api}/logout`, login.json.csrf_token)).blocked, /Failed to fetch/);

  assert.equal((await post(own, `${api}/logout`, login.json.csrf_token)).status, 204);
  assert.deepEqual(await jar.cookies(api), []);
  await jar.close();
};

await test("pages of two ports of localhost work over plain HTTP", () => onLocalhost(jeton));
await test("they do with insecure cookies, too", () => onLocalhost(development.jeton));

// Each call that the guide says the answer of ("// 200") has to have it.
await test("the example of docs/browser.md does what it says", async () => {
  const [, example] = fs.readFileSync(guide, "utf8").match(/<!-- browser: page -->\n```js\n(.*?)```/s);
  const calls = [...example.matchAll(/^await (call\(.*\)); \/\/ (\d{3})$/gm)];
  assert.ok(calls.length >= 6);
  const script = example
    .replace("http://127.0.0.1:8080", auth)
    .replace(/^await (call\(.*\)); \/\/ (\d{3})$/gm, "seen.push([(await $1).status, $2]);");
  const jar = await context();
  const page = await open(jar, app);
  const seen = await page.evaluate(`(async () => { const seen = []; ${script}; return seen; })()`);
  assert.equal(seen.length, calls.length);
  for (const [got, said] of seen) assert.equal(got, said, example);
  await jar.close();
});

await browser.close();
for (const server of servers) server.close();
process.exit(failures > 0 ? 1 : 0);
