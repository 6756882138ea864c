"""A wire between a worker and a service, which a test cuts as a broken switch would."""

import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path


class Wire:
    """A TCP port that leads to a service's Unix socket, until it is cut; whoever calls again gets through."""

    def __init__(self, service: Path) -> None:
        self.service = str(service)
        self.calls = 0  # connections that were made so far
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def cut(self) -> None:
        """Reset every connection at once, on both sides, whatever was under way."""
        with self._lock:
            ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                if end.family == socket.AF_INET:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, no goodbye
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a caller
        self._accepting.join(10)
        self.listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self.listener.accept()
            except OSError:  # closed
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.service)
            with self._lock:
                self._ends += [near, far]
                self.calls += 1
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
