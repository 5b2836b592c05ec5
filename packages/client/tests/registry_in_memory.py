"""A registry in this process, behind the transport of an HTTP client."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

import httpx2

from langsmith_client.manifest import Manifest


class FakeRegistry:
    """The part of the distribution API that clients rely on, with the strictness that catches them out.

    Attributes:
        requests: `METHOD path` of everything asked, in order.
        hook: Asked before each request; an answer it gives is sent instead.
    """

    def __init__(self) -> None:
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.manifests: dict[tuple[str, str], Manifest] = {}
        self.uploads: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.hook: Callable[[httpx2.Request], httpx2.Response | None] = lambda request: None

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(f"{request.method} {request.url.path}")
        if answer := self.hook(request):
            return answer
        if listed := re.fullmatch(r"/v2/(.+)/tags/list", request.url.path):
            return self._tags(listed[1])
        match = re.fullmatch(r"/v2/(.+)/(manifests|blobs)/(.+)", request.url.path)
        assert match, request.url
        name, kind, reference = match.groups()
        if reference.startswith("uploads/"):
            return self._upload(request, name, reference.removeprefix("uploads/"))
        if kind == "manifests":
            return self._manifest(request, name, reference)
        content = self.blobs.get((name, reference))
        return _error(404, "BLOB_UNKNOWN") if content is None else _answer(request, content)

    def writes(self) -> list[str]:
        """The requests that change something."""
        return [line for line in self.requests if not line.startswith(("GET ", "HEAD "))]

    def _tags(self, name: str) -> httpx2.Response:
        tags = [tag for repository, tag in self.manifests if repository == name and ":" not in tag]
        return httpx2.Response(200, json={"name": name, "tags": tags}) if tags else _error(404, "NAME_UNKNOWN")

    def _upload(self, request: httpx2.Request, name: str, session: str) -> httpx2.Response:
        query = request.url.params
        if request.method == "POST":
            source = self.blobs.get((query.get("from", ""), query.get("mount", "")))
            if source is not None:
                self.blobs[name, query["mount"]] = source
                return httpx2.Response(201)
            self.uploads[session := str(len(self.uploads) + 1)] = b""
            return self._opened(202, name, session)
        if session not in self.uploads:
            return _error(404, "BLOB_UPLOAD_UNKNOWN")
        held = self.uploads[session]
        if request.method == "GET":
            return self._opened(204, name, session)
        if query["state"] != str(len(held)):  # an address is good for one request
            return _error(400, "BLOB_UPLOAD_INVALID")
        if request.method == "PATCH":
            if request.headers["Content-Range"].partition("-")[0] != str(len(held)):
                return _error(416, "RANGE_INVALID")
            self.uploads[session] += request.read()
            return self._opened(202, name, session)
        content, digest = held + request.read(), query["digest"]
        if "sha256:" + hashlib.sha256(content).hexdigest() != digest:
            return _error(400, "DIGEST_INVALID")
        del self.uploads[session]
        self.uploads[f"ended {session}"] = b""
        self.blobs[name, digest] = content
        return httpx2.Response(201)

    def _opened(self, status: int, name: str, session: str) -> httpx2.Response:
        held = len(self.uploads[session])
        headers = {"Location": f"/v2/{name}/blobs/uploads/{session}?state={held}", "Range": f"0-{max(held - 1, 0)}"}
        return httpx2.Response(status, headers=headers)

    def _manifest(self, request: httpx2.Request, name: str, reference: str) -> httpx2.Response:
        if request.method == "PUT":
            manifest = Manifest(request.read(), request.headers["Content-Type"])
            refers = [manifest.values["config"], *manifest.values["layers"]] if "config" in manifest.values else []
            if any((name, entry["digest"]) not in self.blobs for entry in refers):
                return _error(400, "MANIFEST_BLOB_UNKNOWN")
            self.manifests[name, reference] = self.manifests[name, manifest.digest] = manifest
            return httpx2.Response(201)
        manifest = self.manifests.get((name, reference))
        if manifest is None or manifest.media_type not in request.headers.get("Accept", ""):
            return _error(404, "MANIFEST_UNKNOWN")
        headers = {"Docker-Content-Digest": manifest.digest, "Content-Type": manifest.media_type}
        return _answer(request, manifest.content, headers)


def _answer(request: httpx2.Request, content: bytes, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    part = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
    if part:
        content = content[int(part[1]) : int(part[2]) + 1]
    body = httpx2.ByteStream(content if request.method == "GET" else b"")  # unread, as from a socket
    return httpx2.Response(206 if part else 200, stream=body, headers=headers)


def _error(status: int, code: str) -> httpx2.Response:
    return httpx2.Response(status, json={"errors": [{"code": code, "message": code.lower()}]})
