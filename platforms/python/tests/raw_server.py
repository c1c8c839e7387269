"""A server that does to a connection whatever a test wants."""

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Handler = Callable[[socket.socket], None]


class RawServer:
    """What a handler's server saw."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.connections = 0


@contextmanager
def serving(handler: Handler) -> Iterator[RawServer]:
    """Calls the handler with each connection, on a thread of its own, and closes it afterwards."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = RawServer(listener.getsockname()[1])
    open_ones: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        # A client that goes away in the middle is what most handlers provoke.
        with contextlib.suppress(OSError), connection:
            handler(connection)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections += 1
                open_ones.append(connection)
                threading.Thread(target=handle, args=[connection], daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    owner = os.getpid()
    try:
        yield server
    finally:
        # In a forked process the listener is the parent's as well, and its threads are not here.
        if os.getpid() == owner:
            # Wakes `accept`, which closing alone does not.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            accepting.join()
            for connection in open_ones:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def read_request(connection: socket.socket) -> bytes:
    """One whole request: its head and its body. Nothing if the client has gone."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            return b""
        received += part
    head, body = received.split(b"\r\n\r\n", 1)
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(answer: bytes) -> Handler:
    """A handler that reads one request and sends this."""

    def handler(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    return handler


def reset(connection: socket.socket) -> None:
    """Ends a connection as a crashed server's system does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
