"""Stands in for the Redis of the data plane's chart: takes connections, answers pings, and queues nothing.

``python -m langsmith_sandbox.data_plane.redis``; listens on the Pod's address at ``PORT`` (6379). The sandbox's
listener puts nothing into its queue, so every other command is refused, as one this server does not know.
"""

from __future__ import annotations

import os
import socketserver
import threading
from collections.abc import Mapping

DEFAULT_PORT = 6379


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while words := self._command():
            if words[0].upper() == b"PING":
                self.wfile.write(b"+PONG\r\n")
            else:
                self.wfile.write(b"-ERR unknown command '%s': the sandbox's chart Redis holds nothing\r\n" % words[0])

    def _command(self) -> list[bytes]:
        """The next command, in RESP or typed by hand; empty at the end."""
        line = self.rfile.readline()
        if not line.startswith(b"*"):
            return line.split()
        words = []
        for _ in range(int(line[1:])):
            length = int(self.rfile.readline()[1:])
            words.append(self.rfile.read(length + 2)[:-2])
        return words


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def start(environment: Mapping[str, str]) -> int:
    """Serves on a thread; returns the port."""
    address = environment.get("LANGSMITH_SANDBOX_POD_IP", "127.0.0.1")
    server = _Server((address, int(environment.get("PORT", DEFAULT_PORT))), _Conversation)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main() -> None:
    """Runs until the Pod ends."""
    start(os.environ)
    threading.Event().wait()


if __name__ == "__main__":
    main()
