# SPDX-License-Identifier: Apache-2.0
"""daemons.py - a program of others that runs beside the tests: started, killed, frozen, waited for. What
it says goes into a file."""
import contextlib
import os
import pwd
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
from warden import WARDEN, children_of, kill_all  # noqa: E402,F401


def unprivileged(*names):
    """For a program that refuses to run as root: the first of these users that there is, or None when we
    are not root."""
    if os.geteuid() != 0:
        return None
    for name in (*names, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("there is no user to run as")


def give(path, user):
    """The file or folder belongs to user from now on; None leaves it as it is."""
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def as_user(user):
    """For subprocess: who runs it."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Daemon:
    """Its name, its folder, and how it is started: command() is for those who inherit."""

    def __init__(self, folder, name, user=None):
        self.name, self.user = name, user
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder, 0o755)
        give(self.folder, user)
        self.log = os.path.join(folder, name + ".log")
        self.process = None
        self.wrap = list  # of the command: what starts it elsewhere (netns.py)

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        raise NotImplementedError

    def environment(self):
        return None  # ours

    def identity(self):
        """Who runs it, for subprocess."""
        return as_user(self.user)

    def launch(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.wrap(self.command()), cwd=self.folder, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=self.environment(),
                                            **self.identity())
        WARDEN.started(self.process.pid)

    def start(self):
        self.launch()
        harness.eventually(lambda: self.is_ready() or not self.lives(), f"{self.name} is ready")
        if not self.lives():
            self.reap()
            raise AssertionError(f"{self.name} did not start: {self.told()}")
        return self

    def lives(self):
        return self.process is not None and self.process.poll() is None

    def told(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()[-4000:]

    def reap(self):
        status = self.process.wait(harness.PATIENCE)
        WARDEN.ended(self.process.pid)
        self.process = None
        return status

    def signal(self, number):
        """To it and all it has started."""
        for pid in [self.process.pid, *children_of(self.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        """kill -9, also of what it has started. Fine when it does not run."""
        if self.process is None:
            return
        family = children_of(self.process.pid)
        kill_all(self.process.pid)
        self.reap()
        # Its children are nobody's now: they are gone when their numbers are.
        harness.eventually(lambda: not any(map(is_running, family)), f"{self.name} is gone")

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, *_):
        self.kill()


def is_running(pid):
    """A zombie does not run; an orphan may stay one for as long as pid 1 does not look."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
