#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_systemd.py - jeton serve and a service manager: sockets that are handed over, what it is told,
a restart that nobody notices, and the unit file. We are the manager."""
import concurrent.futures
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import harness
from harness import PATIENCE, eventually

SYSTEMD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../systemd")


class Manager:
    """Hears what a service tells."""

    def __init__(self, address):
        self.told = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address.replace("@", "\0", 1))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                text = self.socket.recv(4096)
            except OSError:
                return
            if text == b"":
                return
            self.told.append(dict(line.split("=", 1) for line in text.decode().splitlines()))

    def heard(self, name):
        return [each for each in self.told if name in each]

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Managed(harness.Server):
    """A server that gets sockets as descriptors 3, 4, …, and variables that name its process id as
    PID."""

    def __init__(self, *flags, sockets=(), **more):
        super().__init__(*flags, **more)
        self.sockets = sockets

    def launch(self, command):
        fds = [sock.fileno() for sock in self.sockets]

        def hand_over():
            high = [os.dup2(fd, 100 + i) for i, fd in enumerate(fds)]
            for i, fd in enumerate(high):
                os.dup2(fd, 3 + i, inheritable=True)

        env = {name: value for name, value in self.env.items() if value != "PID"}
        own = [f'{name}=$$' for name, value in self.env.items() if value == "PID"]
        script = f'{" ".join(own)} exec "$0" "$@"'
        return subprocess.Popen(["/bin/sh", "-c", script, *command], stderr=subprocess.PIPE,
                                text=True, env=env, preexec_fn=hand_over,
                                pass_fds=range(3, 3 + len(fds)))


def listening(address=None):
    if address is not None:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(address)
    else:
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
    sock.listen(4096)
    return sock


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "data")

    def manager(self, address=None):
        made = Manager(address or os.path.join(self.folder, "notify"))
        self.addCleanup(made.close)
        return made

    def listening(self, address=None):
        sock = listening(address)
        self.addCleanup(sock.close)
        return sock


class Telling(Folder):
    def life(self, address):
        manager = self.manager(address)
        with harness.Server(env={"NOTIFY_SOCKET": address}) as server:
            ready = eventually(lambda: manager.heard("READY"), "it is ready")[0]
            self.assertEqual(ready, {"READY": "1", "STATUS": f"Listening on {server.address}"})
            self.assertEqual(server.get("/readyz").status, 200)
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: len(manager.heard("READY")) == 2, "it is ready again")
            after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            reloading, = manager.heard("RELOADING")
            self.assertEqual(reloading["RELOADING"], "1")
            self.assertTrue(before <= int(reloading["MONOTONIC_USEC"]) <= after)
            self.assertEqual(manager.heard("STOPPING"), [])
            self.assertEqual(server.stop(), 0)
        stopping = eventually(lambda: manager.heard("STOPPING"), "it stops")[0]
        self.assertEqual(stopping["STOPPING"], "1")
        self.assertEqual([next(iter(each)) for each in manager.told],
                         ["READY", "RELOADING", "READY", "STOPPING"])

    def test_ready_reloading_ready_stopping(self):
        self.life(os.path.join(self.folder, "a path"))
        self.life("@jeton-test-" + os.path.basename(self.folder))

    def test_nothing_is_said_of_a_start_that_failed(self):
        manager = self.manager()
        status, _, _ = harness.jeton("serve", "--data", self.data, "--listen", "127.0.0.1:0",
                                     "--tls-cert", "/nix", "--tls-key", "/nix",
                                     env={"NOTIFY_SOCKET": os.path.join(self.folder, "notify")})
        self.assertEqual(status, 3)
        self.assertEqual(manager.told, [])

    def test_a_manager_that_is_not_there_is_no_obstacle(self):
        for address in (self.folder + "/nobody", "nonsense", "/" + "x" * 200, "@", "vsock:2:1"):
            with self.subTest(address), harness.Server(env={"NOTIFY_SOCKET": address}) as server:
                self.assertEqual(server.get("/readyz").status, 200)
                self.assertEqual(server.stop(), 0)

    def test_the_watchdog_hears_of_a_server_that_lives(self):
        address = os.path.join(self.folder, "notify")
        manager = self.manager(address)
        env = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "200000", "WATCHDOG_PID": "PID"}
        with Managed(env=env) as server:
            eventually(lambda: len(manager.heard("WATCHDOG")) >= 5, "it says that it lives")
            server.process.send_signal(signal.SIGSTOP)  # and is silent when it does not
            time.sleep(0.3)
            count = len(manager.heard("WATCHDOG"))
            time.sleep(0.6)
            self.assertEqual(len(manager.heard("WATCHDOG")), count)
            server.process.send_signal(signal.SIGCONT)
            eventually(lambda: len(manager.heard("WATCHDOG")) > count, "it lives again")

    def test_a_watchdog_that_is_not_for_us_hears_nothing(self):
        address = os.path.join(self.folder, "notify")
        manager = self.manager(address)
        for more in ({"WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "0"},
                     {"WATCHDOG_USEC": ""}):
            env = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "20000", **more}
            with self.subTest(more), Managed(env=env) as server:
                time.sleep(0.2)
                server.stop()
        self.assertEqual(manager.heard("WATCHDOG"), [])
        self.assertEqual(len(manager.heard("READY")), 4)


class Sockets(Folder):
    ENV = {"LISTEN_PID": "PID", "LISTEN_FDS": "1"}

    def test_sockets_that_are_handed_over_are_used_instead(self):
        path = os.path.join(self.folder, "http.sock")
        tcp, local = self.listening(), self.listening(path)
        port = tcp.getsockname()[1]
        with Managed("--proxies", "unix", sockets=[tcp, local],
                     env={**self.ENV, "LISTEN_FDS": "2"}) as server:
            self.assertEqual(server.address, f"127.0.0.1:{port}, unix:{path}")
            self.assertEqual(server.events("server_ready")[0]["issuer"], f"http://127.0.0.1:{port}")
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(path)
                sock.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertTrue(sock.recv(100).startswith(b"HTTP/1.1 200 "))
            server.address = f"127.0.0.1:{port}"
            self.assertEqual(server.get("/readyz").status, 200)
            self.assertEqual(server.stop(), 0)
        self.assertTrue(os.path.exists(path), "it is not ours to remove")
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()

    def test_sockets_of_another_process_are_not_ours(self):
        tcp = self.listening()
        with Managed(sockets=[tcp], env={**self.ENV, "LISTEN_PID": "1"}) as server:
            self.assertNotEqual(server.address, f"127.0.0.1:{tcp.getsockname()[1]}")
            self.assertEqual(server.get("/readyz").status, 200)

    def test_what_is_no_listening_socket_is_refused(self):
        bound = socket.socket()
        self.addCleanup(bound.close)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(datagrams.close)
        for sock, fds, why in ((bound, "1", "descriptor 3"), (datagrams, "1", "descriptor 3"),
                               (self.listening(), "2", "descriptor 4"),
                               (self.listening(), "x", "LISTEN_FDS"),
                               (self.listening(), "-1", "LISTEN_FDS"),
                               (self.listening(), "17", "LISTEN_FDS")):
            with self.subTest(fds=fds, why=why):
                server = Managed(sockets=[sock], env={**self.ENV, "LISTEN_FDS": fds})
                with self.assertRaisesRegex(AssertionError, why):
                    server.start()
                self.assertEqual(server.process.returncode, 2)
                server.__exit__()

    def test_a_restart_refuses_nobody(self):
        """Clients that connect anew for each request, while the server is stopped and started three
        times: some wait, and that is all."""
        tcp = self.listening()
        host, port = tcp.getsockname()
        over = threading.Event()

        def ask_on():
            count = 0
            while not over.is_set():
                with socket.create_connection((host, port), timeout=PATIENCE) as sock:
                    sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    self.assertTrue(sock.recv(100).startswith(b"HTTP/1.1 200 "))
                count += 1
            return count
        with Managed(sockets=[tcp], env=self.ENV, data=self.data) as server, \
                concurrent.futures.ThreadPoolExecutor(8) as pool:
            clients = [pool.submit(ask_on) for _ in range(8)]
            try:
                for _ in range(3):
                    time.sleep(0.2)
                    self.assertEqual(server.stop(), 0)
                    time.sleep(0.1)
                    server.start()
                time.sleep(0.2)
            finally:
                over.set()
            for client in clients:
                self.assertGreater(client.result(), 3)
            self.assertTrue(all(line["drained"] for line in server.events("server_stopped")))


@unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze here")
class Unit(Folder):
    def setUp(self):
        super().setUp()
        self.service = os.path.join(self.folder, "jeton.service")
        with open(os.path.join(SYSTEMD, "jeton.service.in"), encoding="utf-8") as file:
            self.text = file.read()
        self.assertIn("@bindir@/jeton serve", self.text)
        bindir = os.path.dirname(os.path.abspath(harness.JETON))
        with open(self.service, "w", encoding="utf-8") as file:
            file.write(self.text.replace("@bindir@", bindir))
        shutil.copy(os.path.join(SYSTEMD, "jeton.socket"), self.folder)

    def analyze(self, *words):
        done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True,
                              check=False, timeout=PATIENCE)
        return done.returncode, done.stdout + done.stderr

    def test_systemd_understands_the_units(self):
        for name in ("jeton.service", "jeton.socket"):
            status, said = self.analyze("verify", "--man=no", os.path.join(self.folder, name))
            said = [line for line in said.splitlines() if "jeton" in line]
            self.assertEqual((status, said), (0, []))

    def test_it_is_well_locked_in(self):
        status, said = self.analyze("security", "--offline=true", "--threshold=20", self.service)
        self.assertEqual(status, 0, said[-500:])

    def test_its_drain_fits_into_its_time_to_stop(self):
        """The defaults of both."""
        _, out, _ = harness.jeton("serve", "--help")
        line = next(line for line in out.splitlines() if line.startswith("  --drain-time "))
        self.assertIn("[10s]", line)
        self.assertIn("\nTimeoutStopSec=30\n", self.text)


harness.main()
