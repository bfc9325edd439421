"""A server on this machine that answers with the very bytes it is told to: what no library would send can come too."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Loopback:
    """`answers`: bytes for one connection each, the last for all that follow; None closes without a word."""

    answers: list[bytes | None]
    received: list[bytes] = field(default_factory=list)  # whole requests
    connections: int = 0
    url: str = ""
    hold: threading.Event | None = None  # answer only once this is set
    speaks_first: bool = False  # answer before anything was asked

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            if self.speaks_first:
                connection.sendall(self.answers[0] or b"")
            while (request := _read(connection)) is not None:
                self.received.append(request)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if self.hold is not None:
                    self.hold.wait(20)
                if answer is None:
                    return
                try:
                    connection.sendall(answer)
                except OSError:
                    return
                if b"content-length" not in answer.lower() or b"connection: close" in answer.lower():
                    return


def _read(connection: socket.socket) -> bytes | None:
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            if not (piece := connection.recv(65536)):
                return None
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body
    except OSError:
        return None


@contextmanager
def loopback(
    *answers: bytes | None, hold: threading.Event | None = None, speaks_first: bool = False
) -> Iterator[Loopback]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Loopback(list(answers), hold=hold, speaks_first=speaks_first)
        server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        try:
            yield server
        finally:
            if hold is not None:
                hold.set()
            listener.shutdown(socket.SHUT_RDWR)


def http(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Bytes of an answer; header names with `_` for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
