# SPDX-License-Identifier: Apache-2.0
"""test_browser.py - sign_in.mjs in a real Chromium, against jeton behind TLS and jeton in
development. What both need belongs to the group "browser" of ./dev setup."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
from harness import PASSWORD, PATIENCE, Server  # noqa: E402

SKIPPED = 77
# Chromium as a package is Debian's; Ubuntu has a snap, which containers cannot run.
ABSENT = ("ubuntu",)


def system():
    with open("/etc/os-release", encoding="utf-8") as lines:
        fields = dict(line.strip().split("=", 1) for line in lines if "=" in line)
    return fields.get("ID", "").strip('"')


def free_ports(count):
    """Ports that nobody listens on: pages' origins have to be known before their servers start."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def certificate(folder):
    """For everything below example.test; the browser is told not to mind who signed it."""
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=example.test", "-addext",
                    "subjectAltName=DNS:*.example.test,DNS:stranger.test"],
                   check=True, capture_output=True, timeout=PATIENCE)
    return {"key": key, "cert": cert}


def run(chromium, folder):
    auth, app, page = free_ports(3)
    with Server("--issuer", f"https://auth.example.test:{auth}",
                "--allowed-origins",
                f"https://app.example.test:{app}, http://localhost:{page}") as behind_tls, \
            Server("--insecure-cookies", "on",
                   "--allowed-origins", f"http://localhost:{page}") as development:
        for server in behind_tls, development:
            server.add_user("alice", "admin")
            server.add_user("mallory")
        given = {
            "jeton": behind_tls.address,
            "tls": {**certificate(folder), "authPort": auth, "appPort": app},
            "development": {"jeton": development.address, "appPort": page},
            "chromium": chromium,
            "password": PASSWORD,
            "guide": os.path.join(HERE, "../../docs/browser.md"),
        }
        return subprocess.run(["node", os.path.join(HERE, "sign_in.mjs"), json.dumps(given)],
                              check=False, env={**os.environ, "HOME": folder}).returncode


def find_chromium():
    """Its path, or None and the exit status of a test that has to do without."""
    chromium = shutil.which("chromium")
    if chromium is None and system() in ABSENT:
        print(f"{system()} has no package of Chromium")
        return None, SKIPPED
    if chromium is None:
        print("there is no chromium: ./dev setup browser")
    return chromium, 1


def main():
    chromium, status = find_chromium()
    if chromium is None:
        return status
    with tempfile.TemporaryDirectory(prefix="jeton-browser-") as folder:
        return run(chromium, folder)


if __name__ == "__main__":
    sys.exit(main())
