"""The supervisor's HTTP interface on loopback, through which the AWS emulator gets clusters, nodes and stores."""

from __future__ import annotations

import hmac
import json
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.stores.wanted import WantedStore

if TYPE_CHECKING:
    from langsmith_sandbox.supervisor.clusters import Clusters
    from langsmith_sandbox.supervisor.stores import Stores

_NAME = r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}"  # the names EKS accepts; nothing in them can leave the clusters' folder
_CLUSTER = re.compile(rf"/clusters/(?P<cluster>{_NAME})")
_STORE = re.compile(r"/stores/(?P<store>[0-9a-z][0-9a-z-]{0,99})")
_NODE_GROUP = re.compile(rf"/clusters/(?P<cluster>{_NAME})/nodegroups/(?P<group>[0-9A-Za-z][0-9A-Za-z._-]{{0,99}})")
_LARGEST_BODY = 1 << 20  # bytes

Answer = tuple[HTTPStatus, dict[str, Any] | None]


def server(port: int, token: str, clusters: Clusters, stores: Stores) -> ThreadingHTTPServer:
    """A server on a loopback port, for callers who know ``token``; run it by ``serve_forever``."""

    class Handler(_ControlHandler):
        pass

    Handler.token, Handler.clusters, Handler.stores = token, clusters, stores
    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class _ControlHandler(BaseHTTPRequestHandler):
    token: str
    clusters: Clusters
    stores: Stores
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _LARGEST_BODY))
        status, content = self._decide(body)
        payload = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _decide(self, body: bytes) -> Answer:
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return HTTPStatus.UNAUTHORIZED, {"message": "the supervisor's token is missing or wrong"}
        try:
            wanted = json.loads(body) if body else {}
        except ValueError:
            return HTTPStatus.BAD_REQUEST, {"message": "the body is not JSON"}
        if found := _CLUSTER.fullmatch(self.path):
            return self._cluster(found["cluster"], wanted)
        if found := _NODE_GROUP.fullmatch(self.path):
            return self._node_group(found["cluster"], found["group"], wanted)
        if found := _STORE.fullmatch(self.path):
            return self._store(found["store"], wanted)
        return HTTPStatus.NOT_FOUND, {"message": f"nothing is served at {self.path}"}

    def _cluster(self, name: str, wanted: dict[str, Any]) -> Answer:
        missing = HTTPStatus.NOT_FOUND, {"message": f"there is no cluster {name}"}
        if self.command == "PUT":
            if self.clusters.create(name, str(wanted.get("version", ""))):
                return HTTPStatus.ACCEPTED, {}
            return HTTPStatus.CONFLICT, {"message": f"cluster {name} is being deleted"}
        if self.command == "DELETE":
            return (HTTPStatus.ACCEPTED, {}) if self.clusters.delete(name) else missing
        state = self.clusters.state(name)
        return (HTTPStatus.OK, state.as_json()) if state else missing

    def _store(self, name: str, wanted: dict[str, Any]) -> Answer:
        missing = HTTPStatus.NOT_FOUND, {"message": f"there is no store {name}"}
        if self.command == "PUT":
            self.stores.keep(name, WantedStore.from_json(wanted))
            return HTTPStatus.ACCEPTED, {}
        if self.command == "DELETE":
            return (HTTPStatus.ACCEPTED, {}) if self.stores.delete(name) else missing
        state = self.stores.state(name)
        return (HTTPStatus.OK, state.as_json()) if state else missing

    def _node_group(self, name: str, group: str, wanted: dict[str, Any]) -> Answer:
        if self.command == "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED, {"message": "node groups are only written here"}
        if self.clusters.set_node_group(name, group, None if self.command == "DELETE" else wanted):
            return HTTPStatus.NO_CONTENT, None
        return HTTPStatus.NOT_FOUND, {"message": f"there is no cluster {name}"}

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature it overrides
        """EKS asks for a cluster's state twice a second while it waits: not worth a line each."""
