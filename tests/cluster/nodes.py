# SPDX-License-Identifier: Apache-2.0
"""nodes.py - the parts of a cluster that are ours, as real processes: jeton serve, jeton agent, and guards
that write down what they decide."""
import json
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


def claims_of(token):
    return json.loads(harness.unb64(token.split(".")[1]))


class Links:
    """The ways of one node to the store, to its standby and to the bus: each can be disturbed alone."""

    def __init__(self, store, bus=None, standby=None):
        self.store = proxy.Proxy(store)
        self.bus = proxy.Proxy(bus) if bus else None
        self.standby = proxy.Proxy(standby) if standby else None

    @property
    def all(self):
        return [one for one in (self.store, self.bus, self.standby) if one]

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
        self.known = None  # the process that the warden has been told of
        settings = cluster.settings(cluster.places(self.links))
        super().__init__("--issuer", ISSUER, *cluster.more_flags, *flags,
                         data=os.path.join(cluster.folder, name),
                         env={**settings, **self.clock.env, "JETON_NODE_NAME": name})
        self.settings = settings

    def launch(self, command):
        self.forget()  # one that ended by itself
        process = super().launch(command)
        WARDEN.started(process.pid)
        self.known = process.pid
        return process

    def kill(self):
        super().kill()
        self.forget()

    def stop(self):
        status = super().stop()
        self.forget()
        return status

    def forget(self):
        """Its number may be another process's from now on."""
        if self.known is not None:
            WARDEN.ended(self.known)
            self.known = None

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

    def __init__(self, cluster, name, segment, pause=3, *flags):
        self.name = name
        self.path = os.path.join(cluster.folder, f"{name}.decisions")
        self.lock = threading.Lock()
        with open(self.path, "wb") as file:
            self.process = subprocess.Popen([GUARD_READER, segment, ISSUER, ISSUER, str(pause), *flags],
                                            stdin=subprocess.PIPE, stdout=file, text=True)
        WARDEN.started(self.process.pid)

    def watch(self, name, token):
        self.say(f"+{name} {token}")

    def forget(self, name):
        self.say(f"-{name}")

    def say(self, line):
        with self.lock:
            print(line, file=self.process.stdin, flush=True)

    def mark(self):
        """How much it has written so far, for decisions()."""
        return os.path.getsize(self.path)

    def decisions(self, mark=0):
        """What it has decided since then."""
        with open(self.path, "rb") as file:
            file.seek(mark)
            return judge.read_decisions(self.name, (line.decode() for line in file))

    def last(self, name):
        """Its last word about a token so far; None when there is none."""
        # The end of the file will do: it looks at each of its tokens again and again.
        mine = [one for one in self.decisions(max(0, self.mark() - 65536)) if one.token == name]
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
        self.places = cluster.places(self.links)
        self.segment = os.path.join(self.folder, "segment")

    def command(self):
        return [harness.JETON, "agent", "--data", os.path.join(self.folder, "data"), "--segment",
                self.segment, "--cluster-key-file", self.cluster.key_file,
                *self.cluster.more_flags, *self.flags]

    def environment(self):
        settings = self.cluster.settings(self.places)
        del settings["JETON_MASTER_KEY"]  # an agent has none
        return {**os.environ, **settings, **self.clock.env}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.reap()

    def is_ready(self):
        status, _, _ = harness.jeton("segment", "show", "--json", self.segment)
        return status == 0  # there and fresh

    def __exit__(self, *_):
        self.kill()
        self.links.close()
