# SPDX-License-Identifier: Apache-2.0
"""nginx.py - a real nginx with our module, for tests: in a folder and on a port of its own.

The environment names the module: NGINX_MODULE=/path/to/ngx_http_jeton_module.so.
"""
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402

MODULE = os.environ.get("NGINX_MODULE", "build/adapters/nginx/ngx_http_jeton_module.so")
BINARY = os.environ.get("NGINX_BINARY", "/usr/sbin/nginx")
# Of a master that is root, workers would be somebody who may not look into our folders.
USER = "user root root;" if os.geteuid() == 0 else ""
MAIN = """
load_module {module};
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log {errors};
worker_processes {workers};
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/client; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {http}
    server {{
        listen 127.0.0.1:{port} {listen};
        root {folder}/www;
        {server}
    }}
}}
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Nginx:
    """nginx with a configuration: of `http`, and of one `server`. Use as a context manager."""

    def __init__(self, server, http="", workers=1, folder=None, listen=""):
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="jeton-nginx-")
        self.server, self.http, self.workers, self.listen = server, http, workers, listen
        self.port, self.errors = free_port(), "info"
        self.process = None
        self.wrapper, self.globals = [], "daemon off;"
        www = pathlib.Path(self.folder, "www")
        www.mkdir(exist_ok=True)
        (www / "index.html").write_text("hello\n")

    def path(self, name):
        return pathlib.Path(self.folder, name)

    def write(self):
        text = MAIN.format(user=USER, module=os.path.abspath(MODULE), folder=self.folder, port=self.port,
                           http=self.http, server=self.server, workers=self.workers,
                           listen=self.listen, errors=self.errors)
        self.path("nginx.conf").write_text(text)
        return [*self.command(), "-c", str(self.path("nginx.conf"))]

    def command(self):
        return [BINARY, "-p", self.folder, "-e", str(self.path("error.log"))]

    def check(self):
        """nginx -t: (exit status, what it says)."""
        done = subprocess.run([*self.write(), "-t"], capture_output=True, text=True, check=False,
                              timeout=harness.PATIENCE)
        return done.returncode, done.stderr

    def __enter__(self):
        return self.start()

    def stop(self):
        """Its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(harness.PATIENCE)

    def __exit__(self, *_):
        if self.process:
            self.stop()
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.process = subprocess.Popen([*self.wrapper, *self.write(), "-g", self.globals],
                                        stderr=subprocess.DEVNULL)
        harness.eventually(self.is_up, "nginx listens")
        return self

    def is_up(self):
        if self.process.poll() is not None:
            raise AssertionError("nginx did not start: " + self.log())
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        path = self.path("error.log")
        return path.read_text() if path.exists() else ""

    def workers_now(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in children.read_text().split()}

    def reload(self):
        """A new configuration; returns when no old worker takes requests any more."""
        old = self.workers_now()
        self.write()
        self.process.send_signal(signal.SIGHUP)
        harness.eventually(lambda: not old & self.workers_now() and self.workers_now(),
                           "nginx has new workers")

    def ask(self, path="/", token=None, method="GET", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
        try:
            connection.request(method, path, headers=headers)
            return harness.Answer(connection.getresponse())
        finally:
            connection.close()

    def status(self, *words, **more):
        return self.ask(*words, **more).status
