#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""main.py [--json] [--quick]: measures the nginx module; ./dev bench nginx.

The environment says what is measured: JETON=/path/to/jeton, NGINX_MODULE=/path/to/the module. Exit
status: 0 when every number is what it must be, 1 when one is not.

One worker on one processor, wrk on another one; every place answers with the same 43 bytes of
empty_gif, which costs nginx about what `return 200` does and, unlike it, lets modules look at the
request first.
"""
import os
import statistics
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path[:0] = [os.path.join(ROOT, folder) for folder in ("tests/nginx", "tests/e2e", "bench/server")]
import harness  # noqa: E402 (of the tests of the server)
import machine  # noqa: E402 (of the measurements of the server)
import rows  # noqa: E402
from cases import FAR, Keys  # noqa: E402 (of the tests of the module)
from nginx import Nginx  # noqa: E402

HTTP = """
    keepalive_requests 1000000000;
    jeton_cache 8m;
    upstream auth { server AUTH; keepalive 16; }
"""
SERVER = """
    location /bare { empty_gif; }
    location /es256 { jeton x; jeton_key_file KEYS/es256.pub; DEMANDS empty_gif; }
    location /rs256 { jeton x; jeton_key_file KEYS/rs256.pub; DEMANDS empty_gif; }
    location /hs256 { jeton x; jeton_key_file KEYS/hs256.jwk; DEMANDS empty_gif; }
    location /file/bare { try_files /index.html =404; }
    location /file/es256 { jeton x; jeton_key_file KEYS/es256.pub; DEMANDS try_files /index.html =404; }
    location /asked { auth_request /_auth; empty_gif; }
    location = /_auth { internal; proxy_pass http://auth/verify; proxy_http_version 1.1;
        proxy_set_header Connection ""; proxy_set_header Content-Length ""; proxy_pass_request_body off; }
"""
# The same for every guarded place: what an API asks for.
DEMANDS = "jeton_issuer https://auth.example.com; jeton_audience api; jeton_require roles has user;"
CLAIMS = {"iss": "https://auth.example.com", "aud": "api", "roles": ["user", "writer"], "exp": FAR}
UNCACHED = 20000  # tokens: more than the verdict cache remembers


class Place:
    """A location under load: µs of processor time of the worker, and answers in a second."""

    def __init__(self, nginx, path, headers=(), pids=(), **more):
        self.url, self.headers, self.more = f"http://127.0.0.1:{nginx.port}{path}", headers, more
        self.pids = [*nginx.workers_now(), *pids]

    def measure(self):
        before = machine.spent(self.pids)
        count = machine.wrk(self.url, headers=self.headers, **self.more)
        return (machine.spent(self.pids) - before) / count, count


def bearer(token):
    return [f"Authorization: Bearer {token}"]


def compare(name, what, bare, guarded, must=None, least=None):
    """Rows of one place beside the bare one: medians of what was measured one after the other."""
    cost = machine.median_of(lambda a, b: b[0] / a[0], bare, guarded)
    speed = machine.median_of(lambda a, b: b[1] / a[1], bare, guarded)
    yield rows.Row(name + "_us", f"{what}, CPU per request", "µs",
                   statistics.median(cpu for cpu, _ in guarded))
    yield rows.Row(name + "_ratio", f"{what} ÷ without", "×", cost, must=must)
    yield rows.Row(name + "_speed", f"{what}, requests per second ÷ without", "×", speed, must=least,
                   at_least=True)


def places_of(nginx, keys, server, folder):
    tokens = os.path.join(folder, "tokens")
    with open(tokens, "w", encoding="ascii") as out:
        out.write("\n".join(keys.sign_many("hs256", UNCACHED, **CLAIMS)) + "\n")
    script = os.path.join(ROOT, "bench/server/tokens.lua")
    tell = {name: bearer(keys.sign_many(name, 1, **CLAIMS)[0]) for name in ("es256", "rs256")}
    asked = bearer(server.login()["access_token"])
    return {"bare": Place(nginx, "/bare", tell["es256"]), "es256": Place(nginx, "/es256", tell["es256"]),
            "rs256": Place(nginx, "/rs256", tell["rs256"]),
            "bare_each": Place(nginx, "/bare", script=script, arguments=[tokens]),
            "hs256": Place(nginx, "/hs256", script=script, arguments=[tokens]),
            "file": Place(nginx, "/file/bare", tell["es256"]),
            "file_es256": Place(nginx, "/file/es256", tell["es256"]),
            "asked": Place(nginx, "/asked", asked, [server.process.pid])}


def measure(count):
    keys = Keys().new("es256").new("rs256", "RS256").new("hs256", "HS256")
    with tempfile.TemporaryDirectory() as folder, harness.Server("--threads", "1") as server:
        server.add_user()
        text = SERVER.replace("DEMANDS", DEMANDS).replace("KEYS", keys.folder)
        with Nginx(text, HTTP.replace("AUTH", server.address)) as nginx:
            places = places_of(nginx, keys, server, folder)
            machine.pin([*nginx.workers_now(), server.process.pid], machine.OF_SERVER)
            got = dict(zip(places, machine.rounds(count, *(it.measure for it in places.values()))))
    yield rows.Row("bare_us", "empty_gif, CPU per request", "µs",
                   statistics.median(cpu for cpu, _ in got["bare"]))
    yield from compare("es256", "ES256, verdict known", got["bare"], got["es256"], 1.15, 0.85)
    yield from compare("rs256", "RS256, verdict known", got["bare"], got["rs256"], 1.15, 0.85)
    yield from compare("hs256", "HS256, another token each time", got["bare_each"], got["hs256"], 1.3)
    yield from compare("file", "a file, ES256, verdict known", got["file"], got["file_es256"], 1.15, 0.85)
    yield from compare("asked", "auth_request to jeton serve, both processes", got["bare"], got["asked"])


def main():
    flags = set(sys.argv[1:])
    if flags - {"--json", "--quick"}:
        sys.exit(f"bench nginx: not understood: {' '.join(sorted(flags - {'--json', '--quick'}))}")
    measured = list(measure(3 if "--quick" in flags else 9))
    if "--json" in flags:
        print(rows.as_json(measured, {"processors": os.cpu_count(),
                                      "load": round(os.getloadavg()[0], 2)}))
    else:
        print("\n".join(rows.table(measured)))
    sys.exit(1 if rows.failures(measured) else 0)


main()
