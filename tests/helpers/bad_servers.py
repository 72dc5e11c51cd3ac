"""What may sit at the other end of a network line instead of a device."""

import contextlib
import os
import socket
import threading


class Server:
    """Listens on `port`; does one thing to whoever connects: close, or send `data` for ever."""

    def __init__(self, data=b""):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._data = data
        self._ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client):
        with client, contextlib.suppress(OSError):
            while self._data and not self._ended.wait(0.1):
                client.sendall(self._data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def noise():
    """A server that talks, but not like any device of ours."""
    return Server(os.urandom(300))
