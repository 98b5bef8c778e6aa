# SPDX-License-Identifier: Apache-2.0
"""test_swagger.py - swagger.mjs in a real Chromium, against the FastAPI application of
examples/protect. What it needs belongs to the groups "browser" and "clients" of ./dev setup."""
import json
import os
import subprocess
import sys
import tempfile

import test_browser
from test_browser import HERE

sys.path.insert(0, os.path.join(HERE, "../clients"))
from harness import PASSWORD, Server  # noqa: E402
from programs import Program  # noqa: E402


def run(chromium, folder):
    port = test_browser.free_ports(1)[0]
    app = f"http://127.0.0.1:{port}"
    with Server("--allowed-origins", app) as server:
        for words in (("role", "add", "seller", "--permission", "orders:read"),
                      ("client", "add", "web", "--public")):
            status, _, err = server.cli(*words)
            assert status == 0, err
        server.add_user("sam", "seller")
        program = Program("FastAPI", f"http://{server.address}", port)
        try:
            given = {"app": app, "password": PASSWORD, "chromium": chromium}
            return subprocess.run(["node", os.path.join(HERE, "swagger.mjs"), json.dumps(given)],
                                  check=False, env={**os.environ, "HOME": folder}).returncode
        finally:
            program.stop()


def main():
    chromium, status = test_browser.find_chromium()
    if chromium is None:
        return status
    with tempfile.TemporaryDirectory(prefix="jeton-swagger-") as folder:
        return run(chromium, folder)


if __name__ == "__main__":
    sys.exit(main())
