# SPDX-License-Identifier: Apache-2.0
"""machine.py - what measuring needs of the machine: processor time, memory, load, nginx."""
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

KEEP_ALIVE = 16  # connections of a load


def need(program):
    """The path of a program, or the end."""
    path = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if path is None:
        raise SystemExit(f"bench server: there is no {program}; ./dev setup bench")
    return path


# ---- processors -----------------------------------------------------------------------------------

PROCESSORS = sorted(os.sched_getaffinity(0))
OF_SERVER = {PROCESSORS[0]}  # while processor time is measured: what moves about costs more
OF_CLIENT = {PROCESSORS[-1]}


def threads(pid):
    return [int(name) for name in os.listdir(f"/proc/{pid}/task")]


def pin(pids, processors):
    """Keeps all threads of the processes on some processors; None: wherever they may run."""
    for pid in pids:
        for thread in threads(pid):
            os.sched_setaffinity(thread, processors or PROCESSORS)


def spent(pids, skip=()):
    """Microseconds of processor time that the processes have had, threads of some names left out."""
    total = 0
    for pid in pids:
        for thread in threads(pid):
            with open(f"/proc/{pid}/task/{thread}/comm", encoding="ascii") as name:
                if name.read().strip() in skip:
                    continue
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as numbers:
                total += int(numbers.read().split()[0])
    return total / 1000


def memory(pid):
    """(RssAnon, VmRSS) in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        found = dict(line.split(":", 1) for line in lines)
    return tuple(int(found[name].split()[0]) / 1024 for name in ("RssAnon", "VmRSS"))


# ---- loads ----------------------------------------------------------------------------------------


def wrk_command(url, seconds, headers=(), script=None, arguments=(), connections=KEEP_ALIVE):
    flags = [word for header in headers for word in ("-H", header)]
    if script is not None:
        flags += ["-s", script]
    return [need("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", *flags, url, "--", *arguments]


def wrk(url, seconds=1, headers=(), script=None, arguments=(), good="2xx"):
    """How many requests were answered. Any answer but a good one ends everything."""
    done = subprocess.run(wrk_command(url, seconds, headers, script, arguments),
                          capture_output=True, text=True, check=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, OF_CLIENT))
    lines = done.stdout.splitlines()
    bad = [line for line in lines if "Non-2xx" in line or "Socket errors" in line]
    if bad:
        raise SystemExit(f"bench server: {url}: {bad[0].strip()}")
    return next(int(line.split()[0]) for line in lines if " requests in " in line)


def cost(pids, *args, skip=(), **named):
    """Microseconds of processor time for each request of a wrk run."""
    before = spent(pids, skip)
    count = wrk(*args, **named)
    return (spent(pids, skip) - before) / count


def load(program, what, address, path, *flags, lines=None):
    """bench/load, and what it reports."""
    command = [program, what, address.rsplit(":", 1)[1], path, *map(str, flags)]
    done = subprocess.run(command, input=None if lines is None else "\n".join(lines) + "\n",
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench server: {' '.join(command[:4])} failed: {done.stdout}")
    return json.loads(done.stdout)


def rounds(count, *measures):
    """Each measure once, and again, and so on: what disturbs one disturbs its neighbours as well.
    A list of results for each."""
    results = [[measure() for measure in measures] for _ in range(count)]
    return [list(column) for column in zip(*results)]


def median_of(operation, *columns):
    return statistics.median(operation(*row) for row in zip(*columns))


# ---- nginx ----------------------------------------------------------------------------------------

CONFIG = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ return 200; }}
    }}
}}
"""


def free_port():
    import socket
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Nginx:
    """nginx with one worker that answers 200 to everything: what HTTP costs at the least."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-nginx-")
        os.chmod(self.folder, 0o755)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        config = os.path.join(self.folder, "nginx.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(CONFIG.format(folder=self.folder, port=port))
        self.process = subprocess.Popen([need("nginx"), "-p", self.folder, "-c", config])
        self.workers = self._wait_for_workers()
        return self

    def _wait_for_workers(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        for _ in range(500):
            time.sleep(0.01)
            if self.process.poll() is not None:
                raise SystemExit("bench server: nginx does not start")
            with open(path, encoding="ascii") as children:
                found = [int(pid) for pid in children.read().split()]
            if found:
                time.sleep(0.2)
                return found
        raise SystemExit("bench server: nginx has no worker")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
