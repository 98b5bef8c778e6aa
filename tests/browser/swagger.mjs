// SPDX-License-Identifier: Apache-2.0
// swagger.mjs - the page /docs of a FastAPI application (Swagger UI) in a real Chromium: its button
// logs in at `jeton serve`. test_swagger.py starts both and says where they are. The page takes its
// scripts from the network; they come from npm here.
import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const { app, password, chromium: executablePath } = JSON.parse(process.argv[2]);
const library = path.join(path.dirname(fileURLToPath(import.meta.url)), "node_modules/swagger-ui-dist");

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function open() {
  const page = await browser.newPage();
  await page.route((url) => !url.href.startsWith("http://127.0.0.1"), (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname.includes("swagger-ui-dist")
      ? route.fulfill({ path: path.join(library, path.basename(pathname)) })
      : route.abort();
  });
  await page.goto(app + "/docs");
  return page;
}

// What a person does with the button. More fields: client_id, client_secret.
async function authorize(page, fields) {
  await page.click(".auth-wrapper button.authorize");
  const form = page.locator(".modal-ux");
  for (const [name, value] of Object.entries(fields))
    await form.locator(`input[name="${name}"], input[data-name="${name}"]`).fill(value);
  await form.locator("button.authorize").click();
  return form;
}

// "Try it out" and "Execute" of a route; the status that is shown.
async function execute(page, method, route) {
  const block = page.locator(`.opblock-${method}`, { has: page.locator(`[data-path="${route}"]`) });
  await block.locator(".opblock-summary-control").click();
  await block.locator("button.try-out__btn").click();
  for (const input of await block.locator(".parameters input").all()) await input.fill("7");
  await block.locator("button.execute").click();
  return (await block.locator(".live-responses-table .response-col_status").last().textContent()).trim();
}

const tests = {
  async the_button_logs_in_and_the_routes_know_who_it_is() {
    const page = await open();
    const form = await authorize(page, { username: "sam", password });
    await form.getByText("Logout").waitFor();
    await form.locator("button.btn-done").click();
    assert.match(await execute(page, "get", "/me"), /^200/);
    assert.match(await execute(page, "get", "/orders"), /^200/);
    assert.match(await execute(page, "delete", "/orders/{number}"), /^403/);
  },

  async with_a_client_too() {
    const page = await open();
    const form = await authorize(page, { username: "sam", password, clientId: "web" });
    await form.getByText("Logout").waitFor();
    await form.locator("button.btn-done").click();
    assert.match(await execute(page, "get", "/me"), /^200/);
  },

  async without_it_the_routes_refuse() {
    const page = await open();
    assert.match(await execute(page, "get", "/me"), /^401/);
  },

  async a_wrong_password_is_told() {
    const page = await open();
    const form = await authorize(page, { username: "sam", password: "wrong password" });
    const told = await form.locator(".errors").textContent();
    assert.match(told, /invalid_grant/);
    assert.equal(await form.getByText("Logout").count(), 0);
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  console.log(`[ RUN      ] swagger.mjs ${name}`);
  try {
    await test();
    console.log(`[       OK ] swagger.mjs ${name}`);
  } catch (error) {
    failed += 1;
    console.log(error);
    console.log(`[  FAILED  ] swagger.mjs ${name}`);
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
