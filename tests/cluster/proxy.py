# SPDX-License-Identifier: Apache-2.0
"""proxy.py - a network that misbehaves as told: a TCP address behind which something else is, host:port or
a Unix socket. The test says what happens on the way, in one direction or both:

    delay   what comes arrives so much later
    stall   nothing arrives until pass_on(); then all of it does
    drop    nothing arrives any more on these connections, not even their end; new ones are as deaf
    silence as drop, but new connections are fine: a firewall has forgotten those there were
    cut     connections are reset, and new ones refused, until mend()

What a call demands is so when it returns. One thread serves all proxies of a process.
"""
import asyncio
import contextlib
import socket
import struct
import threading

PIECE = 65536


class Way:
    """One direction of a proxy."""

    def __init__(self):
        self.delay = 0.0  # seconds
        self.dropping = False
        self.open = asyncio.Event()
        self.open.set()


class Network:
    """The thread and its loop."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def do(self, function, *arguments):
        """Runs it in the loop and waits until it is done."""
        async def work():
            done = function(*arguments)
            return await done if asyncio.iscoroutine(done) else done
        return asyncio.run_coroutine_threadsafe(work(), self.loop).result(60)


NETWORK = Network()


class Proxy:
    """`target` is "host:port", or the path of a Unix socket; it may be set anew at any time and counts
    for new connections. `up` goes to the target, `down` comes from it."""

    def __init__(self, target):
        self.target = target
        # Holds the port for as long as the proxy lives, also while nobody listens on it.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.place.bind(("127.0.0.1", 0))
        self.port = self.place.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.connections = {}  # pairs of writers, and the task that carries between them
        self.server = None
        self.accepted = 0
        self.up, self.down = NETWORK.do(lambda: (Way(), Way()))
        NETWORK.do(self._listen)

    def close(self):
        NETWORK.do(self._cut)
        self.place.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- what the test demands -----------------------------------------------------------------

    def ways(self, way):
        return {"both": (self.up, self.down), "up": (self.up,), "down": (self.down,)}[way]

    def delay(self, seconds, way="both"):
        for one in self.ways(way):
            NETWORK.do(setattr, one, "delay", seconds)

    def stall(self, way="both"):
        for one in self.ways(way):
            NETWORK.do(one.open.clear)

    def drop(self, way="both"):
        for one in self.ways(way):
            NETWORK.do(setattr, one, "dropping", True)

    def silence(self):
        NETWORK.do(self._silence)

    def pass_on(self):
        """Ends stalls, delays and drops. What was dropped stays lost: a connection that has lost
        something is of no use any more, and is reset."""
        NETWORK.do(self._pass_on)

    def cut(self):
        NETWORK.do(self._cut)

    def reset(self):
        """Ends the connections there are; new ones are fine."""
        NETWORK.do(self._reset)

    def mend(self):
        """All is well again."""
        self.pass_on()
        NETWORK.do(self._listen)

    # --- in the loop ---------------------------------------------------------------------------

    async def _listen(self):
        if self.server is None:
            listening = socket.socket()
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listening.bind(("127.0.0.1", self.port))
            self.server = await asyncio.start_server(self._serve, sock=listening, backlog=512)

    def _cut(self):
        if self.server is not None:
            self.server.close()
            self.server = None
        self._reset()

    def _reset(self):
        for pair in list(self.connections):
            self.connections.pop(pair).cancel()
            self._reset_writers(pair)

    @staticmethod
    def _reset_writers(writers):
        for writer in writers:
            sock = writer.get_extra_info("socket")
            if sock.family == socket.AF_INET and sock.fileno() >= 0:
                # Closed with a time to linger of zero, a connection is reset.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def _silence(self):
        for way in (self.up, self.down):
            way.dropping = True
        self.up, self.down = Way(), Way()

    def _pass_on(self):
        lossy = self.up.dropping or self.down.dropping
        for way in (self.up, self.down):
            way.delay, way.dropping = 0.0, False
            way.open.set()
        if lossy:
            self._reset()

    async def _serve(self, reader, writer):
        self.accepted += 1
        try:
            far_reader, far_writer = await self._connect()
        except OSError:
            self._reset_writers((writer,))
            return
        pair = (writer, far_writer)
        self.connections[pair] = asyncio.gather(self._carry(reader, far_writer, self.up),
                                                self._carry(far_reader, writer, self.down))
        with contextlib.suppress(asyncio.CancelledError):
            await self.connections[pair]
        self.connections.pop(pair, None)
        for one in pair:
            one.close()

    def _connect(self):
        if self.target.startswith("/"):
            return asyncio.open_unix_connection(self.target)
        host, port = self.target.rsplit(":", 1)
        return asyncio.open_connection(host, int(port))

    async def _carry(self, reader, writer, way):
        """Reading and delivering are two tasks: a delay is one of each piece, not one behind another."""
        pieces = asyncio.Queue(64)
        delivery = asyncio.ensure_future(self._deliver(pieces, writer, way))
        piece = b"-"
        try:
            while piece:
                try:
                    piece = await reader.read(PIECE)
                except OSError:
                    piece = b""
                await pieces.put((self._now() + way.delay, piece))
            await delivery
        finally:
            delivery.cancel()

    async def _deliver(self, pieces, writer, way):
        piece = b"-"
        while piece:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0.0, due - self._now()))
            await way.open.wait()
            if way.dropping:
                piece = piece or await self._for_ever()
                continue
            try:
                if piece:
                    writer.write(piece)
                    await writer.drain()
                elif writer.can_write_eof():
                    writer.write_eof()
            except (OSError, RuntimeError):
                # The other side is gone. What still comes is read and thrown away.
                while piece:
                    _, piece = await pieces.get()

    @staticmethod
    def _now():
        return NETWORK.loop.time()

    @staticmethod
    async def _for_ever():
        """The end of a connection is dropped too: it hangs until somebody resets it."""
        await asyncio.get_running_loop().create_future()
