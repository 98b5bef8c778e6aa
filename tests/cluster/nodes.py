# SPDX-License-Identifier: Apache-2.0
"""nodes.py - the parts of a cluster that are ours, as real processes: jeton serve, jeton agent, and guards
that write down what they decide."""
import os
import signal
import subprocess
import threading

import clock
from daemons import Daemon, harness
import judge
import proxy
from warden import WARDEN

GUARD_READER = os.environ.get("CLUSTER_GUARD", "")
ISSUER = "https://login.example"


class Links:
    """The ways of one node to the store and to the bus: each can be disturbed alone."""

    def __init__(self, store, bus=None):
        self.store = proxy.Proxy(store)
        self.bus = proxy.Proxy(bus) if bus else None

    @property
    def all(self):
        return [one for one in (self.store, self.bus) if one]

    def mend(self):
        for one in self.all:
            one.mend()

    def close(self):
        for one in self.all:
            one.close()


class Node(harness.Server):
    """jeton serve on the store of a cluster. `clock` is its wall clock."""

    def __init__(self, cluster, name, *flags):
        self.name, self.cluster = name, cluster
        self.links = cluster.new_links()
        self.clock = clock.Clock(cluster.folder, name)
        flags = ("--issuer", ISSUER, *cluster.flags(self.links), *flags)
        super().__init__(*flags, data=os.path.join(cluster.folder, name),
                         env={**cluster.env, **self.clock.env})

    def launch(self, command):
        process = super().launch(command)
        WARDEN.started(process.pid)
        return process

    @property
    def segment(self):
        return os.path.join(self.data, "segment")

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def lives(self):
        return self.process is not None and self.process.poll() is None

    def is_ready(self):
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False

    def __exit__(self, *_):
        super().__exit__()
        self.links.close()


class Guard:
    """A service on a host that goes by a segment (guard_reader.c). Threads may use it at once."""

    def __init__(self, cluster, name, segment, pause=3):
        self.name = name
        self.path = os.path.join(cluster.folder, f"{name}.decisions")
        self.lock = threading.Lock()
        with open(self.path, "wb") as file:
            self.process = subprocess.Popen([GUARD_READER, segment, ISSUER, ISSUER, str(pause)],
                                            stdin=subprocess.PIPE, stdout=file, text=True)
        WARDEN.started(self.process.pid)

    def watch(self, name, token):
        self.say(f"+{name} {token}")

    def forget(self, name):
        self.say(f"-{name}")

    def say(self, line):
        with self.lock:
            print(line, file=self.process.stdin, flush=True)

    def decisions(self):
        with open(self.path, encoding="ascii") as file:
            return judge.read_decisions(self.name, file)

    def last(self, name):
        """Its last word about a token so far; None when there is none."""
        mine = [one for one in self.decisions() if one.token == name]
        return mine[-1].status if mine else None

    def says(self, name, status):
        """Waits until it does."""
        harness.eventually(lambda: self.last(name) == status, f"{self.name} says {status} of {name}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        WARDEN.ended(self.process.pid)


class Agent(Daemon):
    """jeton agent."""

    def __init__(self, cluster, name, *flags):
        super().__init__(cluster.folder, name)
        self.cluster, self.flags = cluster, flags
        self.links = cluster.new_links()
        self.clock = clock.Clock(cluster.folder, name)
        self.segment = os.path.join(self.folder, "segment")
        self.env = {**cluster.env, **self.clock.env}

    def command(self):
        return [harness.JETON, "agent", "--data", os.path.join(self.folder, "data"), "--segment",
                self.segment, "--cluster-key-file", self.cluster.key_file,
                *self.cluster.flags(self.links), *self.flags]

    def environment(self):
        return {**os.environ, **self.env}

    def is_ready(self):
        status, out, _ = harness.jeton("segment", "show", "--segment", self.segment, "--json")
        return status == 0 and '"fresh"' in out

    def __exit__(self, *_):
        self.kill()
        self.links.close()
