"""An HTTPS server on a loopback port that can ask who calls."""

from __future__ import annotations

import http.server
import logging
import ssl
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)


class TlsServer(http.server.ThreadingHTTPServer):
    """Serves one port, each connection in a thread of its own, the handshake included.

    Args:
        port: Where.
        handler: Answers requests.
        certificate: Stem of the serving certificate's files (``.crt``, ``.key``).
        authority: The authority of callers' certificates. Callers without one are let in; handlers tell them apart.
    """

    daemon_threads = True

    def __init__(
        self, port: int, handler: type[http.server.BaseHTTPRequestHandler], *, certificate: Path, authority: Path
    ) -> None:
        super().__init__(("127.0.0.1", port), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.with_suffix(".crt"), certificate.with_suffix(".key"))
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_OPTIONAL
        # The handshake waits for the handler's thread, so that a silent client blocks nobody else.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class's
        """One line for a broken connection or handshake; whatever else went wrong with its trace."""
        problem = sys.exception()
        if isinstance(problem, OSError):
            log.info("connection: %s", problem)
        else:
            log.error("a request failed", exc_info=problem)


class TlsHandler(http.server.BaseHTTPRequestHandler):
    """What the handlers here have in common."""

    timeout = 30

    def answer(self, status: int, body: str, *, content_type: str = "text/plain") -> None:
        """Send a whole answer."""
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def caller(self) -> str:
        """The common name of the caller's certificate; empty without one."""
        certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        subject = (certificate or {}).get("subject") or ()
        for group in subject:
            for entry in group:
                if isinstance(entry, tuple) and entry[0] == "commonName":
                    return str(entry[1])
        return ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: health is asked every few seconds."""
