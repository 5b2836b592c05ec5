"""The chart repositories over HTTP: ``python -m langsmith_sandbox.charts_server --port P --directory D``."""

from __future__ import annotations

import argparse
import functools
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class ChartFiles(SimpleHTTPRequestHandler):
    """Files of the repositories; folders are not listed, hidden files (half-written ones) are not there."""

    def send_head(self):
        if any(part.startswith(".") for part in Path(self.path).parts):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, path: object) -> None:  # noqa: ARG002 - the signature it overrides
        self.send_error(HTTPStatus.NOT_FOUND, "A chart repository starts at its index.yaml")


def server(directory: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of ``directory`` on the loopback ``port`` (0: a free one), to be run by ``serve_forever``."""
    return ThreadingHTTPServer(("127.0.0.1", port), functools.partial(ChartFiles, directory=str(directory)))


def main() -> None:
    """Serve until terminated; each request is a line on stderr."""
    parser = argparse.ArgumentParser(prog="langsmith_sandbox.charts_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    arguments = parser.parse_args()
    with server(arguments.directory, arguments.port) as running:
        running.serve_forever()


if __name__ == "__main__":
    main()
