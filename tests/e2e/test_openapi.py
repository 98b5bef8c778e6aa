#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.json is what the running server does: each route and each argument is described,
nothing is described that there is not, and requests and answers are what their schemas say."""
import json
import os
import re
import unittest
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import jsonschema

from harness import PASSWORD, Server, main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}
NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"
HASH = "$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m"


def load():
    with open(os.path.join(ROOT, "docs/openapi.json"), encoding="utf-8") as file:
        return json.load(file)


class Description:
    """The document, and what of it has been seen to be true."""

    def __init__(self):
        self.document = load()
        self.operations = {(method.upper(), path): operation
                           for path, item in self.document["paths"].items()
                           for method, operation in item.items()}
        self.seen = set()

    def resolve(self, thing):
        while "$ref" in thing:
            for step, part in enumerate(thing["$ref"].split("/")):
                thing = self.document if step == 0 else thing[part]
        return thing

    def validate(self, value, schema, what):
        whole = {**schema, "components": self.document["components"]}
        errors = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in
                  jsonschema.Draft202012Validator(whole).iter_errors(value)]
        if errors:
            raise AssertionError(f"{what}: {errors}")

    def find(self, method, path):
        """The operation of a request: a path without braces comes first."""
        for pattern in sorted((pattern for _, pattern in self.operations),
                              key=lambda pattern: pattern.count("{")):
            regex = re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(pattern))
            if (method, pattern) in self.operations and re.fullmatch(regex, path):
                return pattern, self.operations[method, pattern]
        raise AssertionError(f"{method} {path} is not described")

    def check_request(self, operation, query, body, kind, what):
        known = {self.resolve(row)["name"]: self.resolve(row)
                 for row in operation.get("parameters", []) if self.resolve(row)["in"] == "query"}
        for name, value in parse_qsl(query, keep_blank_values=True):
            schema = known[name]["schema"]
            typed = {"integer": int, "boolean": lambda text: text == "true"}.get(
                schema.get("type"), str)(value)
            self.validate(typed, schema, f"{what}: {name}")
        if body is not None:
            content = operation["requestBody"]["content"]
            assert kind in content, f"{what}: {kind} is not described"
            value = json.loads(body) if kind == "application/json" else body
            if kind == "application/x-www-form-urlencoded":
                value = dict(parse_qsl(body))
            self.validate(value, content[kind]["schema"], what)

    def check_answer(self, operation, answer, what):
        status = str(answer.status)
        assert status in operation["responses"], f"{what}: {answer} is not described"
        content = self.resolve(operation["responses"][status]).get("content", {})
        assert bool(content) == bool(answer.body), f"{what}: {answer}"
        for kind, media in content.items():
            assert answer.headers["content-type"].startswith(kind), f"{what}: {answer}"
            if kind == "application/json":
                self.validate(answer.json, media["schema"], what)


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.description = Description()
        cls.server = Server().start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.add_user("alice", "admin")
        cls.server.add_user("bob")
        cls.token = cls.server.login()["access_token"]

    def ask(self, status, method, url, body=None, token=None, kind=None, **headers):
        """One request that is as described, and its answer, which has to be as described, too."""
        parts = urlsplit(url)
        what = f"{method} {url}"
        pattern, operation = self.description.find(method, parts.path)
        if isinstance(body, dict) and kind is None:
            kind, body = "application/json", json.dumps(body)
        if status < 400:
            self.description.check_request(operation, parts.query, body, kind, what)
        if kind:
            headers["Content-Type"] = kind
        if operation["security"] and token != "":
            headers.setdefault("Authorization", f"Bearer {token or self.token}")
        answer = self.server.ask(method, url, body, headers)
        self.assertEqual(answer.status, status, f"{what}: {answer}")
        self.description.check_answer(operation, answer, what)
        self.description.seen.add((method, pattern, status))
        return answer.json if answer.body.startswith(b"{") else None

    def test_each_route_is_described_and_nothing_else(self):
        with open(os.path.join(ROOT, "src/api/routes.c"), encoding="utf-8") as file:
            text = file.read().replace('JD_ENVOY_PATH "', '"/verify/envoy')
        table = set(re.findall(r'^    \{"([A-Z*]+)", "(/[^"]*)", jd_ep', text, re.M))
        self.assertGreater(len(table), 15)
        table = {("GET", "/verify/envoy/{path}") if method == "*" else (method, path)
                 for method, path in table}
        wanted = table | set(self.described_operations())
        self.assertEqual(set(self.description.operations), wanted)

    def operation_rows(self):
        import socket
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(os.path.join(self.server.data, "control.sock"))
            control.sendall(b'{"operation":"operation.list","arguments":{}}\n')
            return json.loads(control.makefile().readline())["result"]["operations"]

    def described_operations(self):
        return {(row["method"], row["path"]): row for row in self.operation_rows()
                if "path" in row}

    def test_the_arguments_of_each_operation_are_described_and_nothing_else(self):
        rows = self.described_operations()
        self.assertGreater(len(rows), 35)
        for key, row in rows.items():
            with self.subTest(operation=row["name"]):
                operation = self.description.operations[key]
                self.assertEqual(operation["operationId"], row["name"])
                self.assertIn(str(row["status"]), operation["responses"])
                self.assertEqual("fresh-ttl" in operation.get("description", ""), row["fresh"])
                described = {(parameter["name"], parameter["schema"].get("type", "string"))
                             for parameter in operation.get("parameters", [])}
                body = operation.get("requestBody", {}).get("content", {})
                schema = self.description.resolve(body.get("application/json",
                                                           {"schema": {}})["schema"])
                for name, member in schema.get("properties", {}).items():
                    kind = member.get("type") or {bool: "boolean"}.get(
                        type(member.get("const")), "string")
                    described.add((name, kind))
                # by name instead of id is the command line's way, and so are rows of an import
                taken = {(argument["name"], argument["type"]) for argument in row["arguments"]
                         if argument["name"] not in ("user", "rows", row.get("body"))}
                self.assertEqual(described, taken)
                required = set(schema.get("required", [])) | {
                    parameter["name"] for parameter in operation.get("parameters", [])
                    if parameter["in"] == "query" and parameter.get("required")}
                in_path = set(re.findall(r"\{([a-z]+)\}", key[1]))
                self.assertEqual(required, {argument["name"] for argument in row["arguments"]
                                            if argument["required"]} - in_path)

    def test_the_document_is_well_formed(self):
        document = self.description.document
        self.assertRegex(document["openapi"], r"^3\.1\.")
        ids = [operation["operationId"] for operation in self.description.operations.values()]
        self.assertEqual(len(ids), len(set(ids)))
        for (method, path), operation in self.description.operations.items():
            with self.subTest(method=method, path=path):
                self.assertIn(method.lower(), METHODS)
                self.assertTrue(operation["summary"].endswith("."))
                named = {row["name"] for row in operation.get("parameters", [])
                         if row["in"] == "path"}
                self.assertEqual(named, set(re.findall(r"\{([a-z]+)\}", path)))
                for requirement in operation["security"]:
                    self.assertLessEqual(set(requirement),
                                         set(document["components"]["securitySchemes"]))
        for name, schema in document["components"]["schemas"].items():
            with self.subTest(schema=name):
                jsonschema.Draft202012Validator.check_schema({"$schema": DIALECT, **schema})
        text = json.dumps(document)
        for reference in set(re.findall(r'"\$ref": "([^"]+)"', text)):
            self.assertTrue(self.description.resolve({"$ref": reference}), reference)
        for name in document["components"]["schemas"]:
            self.assertIn(f"#/components/schemas/{name}", text)

    def test_the_server_hands_it_out(self):
        self.assertEqual(self.ask(200, "GET", "/openapi.json"), self.description.document)

    def form(self, path, status=200, **fields):
        return self.ask(status, "POST", path, urlencode(fields),
                        kind="application/x-www-form-urlencoded", token="")

    def everybody(self):
        ask = self.ask
        for path in ("/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
                     "/.well-known/jwks.json", "/statuslists", "/healthz", "/readyz", "/metrics", "/openapi.json",
                     "/whoami", "/sessions", "/verify?role=admin&fresh=1", "/verify/envoy/x"):
            ask(200, "GET", path)
        ask(304, "GET", "/.well-known/jwks.json", **{"If-None-Match": "*"})
        ask(200, "GET", "/statuslists/1")
        ask(304, "GET", "/statuslists/1", **{"If-None-Match": "*"})
        ask(404, "GET", "/statuslists/0")
        credentials = {"username": "bob", "password": PASSWORD}
        pair = ask(200, "POST", "/login", credentials)
        ask(401, "POST", "/login", {**credentials, "password": "wrong one here"})
        ask(200, "POST", "/login", urlencode(credentials),
            kind="application/x-www-form-urlencoded")
        pair = ask(200, "POST", "/refresh", {"refresh_token": pair["refresh_token"]})
        ask(400, "POST", "/refresh", {})
        bob = pair["access_token"]
        sid = ask(200, "GET", "/whoami", token=bob)["sid"]
        ask(204, "DELETE", f"/sessions/{sid}", token=bob)
        ask(404, "DELETE", f"/sessions/{NOBODY}")
        ask(401, "GET", "/whoami", token=bob)
        bob = self.server.login("bob")["access_token"]
        ask(403, "GET", "/verify?role=admin", token=bob)
        ask(400, "GET", "/verify?roles=admin", token=bob)
        ask(204, "POST", "/password", {"old_password": PASSWORD, "new_password": PASSWORD + "!"},
            token=bob)
        ask(204, "POST", "/logout", {"scope": "all"}, token=bob)
        self.form("/token", grant_type="password", username="alice", password=PASSWORD)
        self.form("/token", 400, grant_type="nothing")

    def users(self):
        ask = self.ask
        made = ask(201, "POST", "/admin/users", {"name": "carol", "roles": ["ops"]})
        ask(409, "POST", "/admin/users", {"name": "carol"})
        ask(204, "POST", "/password/reset", {"code": made["code"], "new_password": PASSWORD})
        path = f"/admin/users/{made['id']}"
        ask(201, "POST", "/admin/users", {"name": "dave", "password": PASSWORD, "disabled": True,
                                          "email": "dave@example.com", "must_change": True})
        for query in ("", "?limit=1", "?name=carol", "?email=dave@example.com",
                      "?prefix=c&after=b&limit=500"):
            ask(200, "GET", f"/admin/users{query}")
        ask(200, "GET", path)
        ask(200, "PATCH", path, {"name": "carola", "email": "c@example.com", "disabled": False})
        ask(200, "PATCH", f"{path}/roles", {"give": ["a"], "take": ["ops"]})
        ask(204, "PUT", f"{path}/password", {"password": PASSWORD})
        self.server.login("carola")
        ask(200, "GET", f"{path}/sessions")
        ask(204, "DELETE", f"{path}/sessions")
        ask(404, "DELETE", f"/admin/sessions/{NOBODY}")
        sid = self.server.get("/whoami", self.server.login("carola")["access_token"]).json["sid"]
        ask(204, "DELETE", f"/admin/sessions/{sid}")
        ask(200, "POST", f"{path}/reset")
        ask(200, "PATCH", path, {"must_change": True})
        ask(204, "DELETE", path)
        ask(404, "GET", path)
        rows = f"name,password_hash\neve,{HASH}\nbob,{HASH}\nmal,nonsense\n"
        ask(200, "POST", "/admin/users/import?dry_run=true", rows, kind="text/csv")
        ask(200, "POST", "/admin/users/import", rows, kind="text/csv")
        ask(200, "POST", "/admin/users/import", json.dumps({"name": "fay", "password": PASSWORD}),
            kind="application/x-ndjson")
        ask(413, "POST", "/admin/users/import", "x" * 70000, kind="text/csv")
        alice = ask(200, "GET", "/admin/users?name=alice")["users"][0]["id"]
        ask(409, "DELETE", f"/admin/users/{alice}")

    def roles(self):
        ask = self.ask
        ask(201, "POST", "/admin/roles", {"name": "clerk", "permissions": ["a"]})
        ask(200, "POST", "/admin/roles/clerk/grant", {"permissions": ["b"]})
        ask(200, "POST", "/admin/roles/clerk/revoke", {"permissions": ["a"]})
        for path in "/admin/roles", "/admin/roles/clerk", "/admin/permissions":
            ask(200, "GET", path)
        ask(204, "DELETE", "/admin/roles/clerk")
        ask(409, "DELETE", "/admin/roles/admin")

    def clients(self):
        ask = self.ask
        made = ask(201, "POST", "/admin/clients",
                   {"id": "shop", "grants": "client_credentials", "scopes": "a"})
        basic = {"client_id": "shop", "client_secret": made["client_secret"]}
        issued = self.form("/token", grant_type="client_credentials", **basic)
        self.form("/introspect", token=issued["access_token"], **basic)
        self.form("/revoke", token=issued["access_token"], **basic)
        self.form("/introspect", token=issued["access_token"], **basic)
        self.form("/introspect", 401, token=issued["access_token"], client_id="shop",
                  client_secret="wrong")
        ask(200, "PATCH", "/admin/clients/shop", {"alg": "HS256", "audience": "https://s.example",
                                                  "access_ttl": 60, "disabled": False})
        ask(200, "GET", "/admin/clients?limit=1&after=a")
        ask(200, "GET", "/admin/clients/shop")
        ask(200, "POST", "/admin/clients/shop/secret")
        ask(200, "POST", "/admin/clients/shop/signing-secret", {})
        ask(204, "POST", "/admin/revocations", {"what": "client", "name": "shop"})
        ask(200, "POST", "/admin/revocations", {"what": "client", "name": "shop", "mode": "strict"})
        ask(204, "DELETE", "/admin/clients/shop")
        ask(404, "GET", "/admin/clients/shop")

    def rest(self):
        ask = self.ask
        ask(201, "POST", "/admin/bans", {"network": "192.0.2.0/24", "why": "x", "seconds": 60})
        ask(200, "GET", "/admin/bans")
        ask(200, "GET", "/admin/nodes")
        ask(204, "DELETE", f"/admin/bans?network={quote('192.0.2.0/24', safe='')}")
        ask(200, "GET", "/admin/revocations?after=0&limit=500")
        ask(200, "GET", "/admin/audit?limit=1000&since=0")
        ask(200, "GET", "/admin/audit?limit=1&after=1")
        ask(200, "GET", "/admin/audit/verify")
        made = ask(201, "POST", "/admin/backups")
        ask(200, "GET", "/admin/backups")
        ask(204, "DELETE", f"/admin/backups/{made['name']}")
        ask(200, "POST", "/admin/keys/rotate", {})
        keys = ask(200, "GET", "/admin/keys")["keys"]
        spare = next(key["kid"] for key in keys if key["state"] == "next")
        ask(200, "POST", f"/admin/keys/{spare}/withdraw")

    def browser(self):
        """Cookies: what a browser gets."""
        answer = self.server.ask("POST", "/login", {"username": "alice", "password": PASSWORD,
                                                    "cookies": True})
        self.description.check_answer(self.description.operations["POST", "/login"], answer, "/")
        jar = "; ".join(cookie.split(";")[0] for cookie in answer.set_cookies)
        self.ask(200, "GET", "/csrf", token="", Cookie=jar)

    def test_requests_and_answers_are_what_the_schemas_say(self):
        for part in (self.everybody, self.users, self.roles, self.clients, self.browser,
                     self.rest):
            part()
        for (method, path), operation in self.description.operations.items():
            if path.startswith("/admin/"):
                url = path.replace("{id}", NOBODY).replace("{name}", "x").replace("{kid}", "x")
                self.ask(401, method, url, token="nonsense")
        missing = {(method, path, int(status))
                   for (method, path), operation in self.description.operations.items()
                   for status in operation["responses"] if status in ("200", "201", "204")
                   } - self.description.seen
        self.assertEqual(missing, set())


if __name__ == "__main__":
    main()
