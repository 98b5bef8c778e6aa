# SPDX-License-Identifier: Apache-2.0
"""netns.py - a cable between two machines that are none: two network namespaces and a link between them,
which loses what is sent one way or both, as a real one does. Needs root; why_not() says what is
missing."""
import os
import shutil
import subprocess

from warden import WARDEN

ADDRESS = {"a": "10.77.0.1", "b": "10.77.0.2"}  # nobody else is in these namespaces
HARDWARE = {"a": "02:00:00:00:00:0a", "b": "02:00:00:00:00:0b"}
NOBODY = "02:00:00:00:00:ff"
OTHER = {"a": "b", "b": "a"}


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")


def why_not():
    """Why it cannot be had here, or None."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if shutil.which("ip") is None:
        return "ip (iproute2) is not installed"
    try:
        with Cable():
            return None
    except OSError as failure:
        return str(failure)


class Cable:
    """As a context manager. Its ends are "a" and "b"."""

    made = 0

    def __init__(self):
        Cable.made += 1
        self.names = {end: f"jeton-{os.getpid()}-{Cable.made}-{end}" for end in ADDRESS}

    def __enter__(self):
        try:
            self._make()
        except OSError:
            self.__exit__()
            raise
        return self

    def _make(self):
        for name in self.names.values():
            WARDEN.say("+netns", name)
            run("ip", "netns", "add", name)
        run("ip", "-n", self.names["a"], "link", "add", "cable", "address", HARDWARE["a"], "type",
            "veth", "peer", "name", "cable", "address", HARDWARE["b"], "netns", self.names["b"])
        for end in ADDRESS:
            self._ip(end, "addr", "add", ADDRESS[end] + "/30", "dev", "cable")
            self._ip(end, "link", "set", "lo", "up")
            self._ip(end, "link", "set", "cable", "up")
        self.mend()

    def __exit__(self, *_):
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
            WARDEN.say("-netns", name)

    def _ip(self, end, *words):
        run("ip", "-n", self.names[end], *words)

    def at(self, end, *command):
        """The command, run on that end."""
        return ["ip", "netns", "exec", self.names[end], *command]

    def put(self, end, daemon):
        """A daemon that has not been started yet will be on that end."""
        user, daemon.identity = daemon.user, dict
        who = [] if user is None else ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}",
                                       "--clear-groups"]
        daemon.wrap = lambda command: self.at(end, *who, *command)

    def lose(self, end):
        """What this end sends is lost, and it is not told: it goes to a machine that is not there."""
        self._neighbour(end, NOBODY)

    def cut(self):
        for end in ADDRESS:
            self.lose(end)

    def mend(self):
        for end in ADDRESS:
            self._neighbour(end, HARDWARE[OTHER[end]])

    def _neighbour(self, end, hardware):
        self._ip(end, "neigh", "replace", ADDRESS[OTHER[end]], "lladdr", hardware, "dev", "cable",
                 "nud", "permanent")
