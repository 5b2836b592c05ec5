"""The emulator as one WSGI application: recognise, authenticate, handle under one lock, keep in the journal."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import random
import re
import secrets
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from langsmith_sandbox.aws import api_models  # noqa: F401 - works by being imported before moto
from langsmith_sandbox.aws.runtime import NullRuntime

# Read when moto.settings is imported. Without the first moto knows none of the policies under
# arn:aws:iam::aws:policy/; without the second every region starts with 1,300 machine images nobody asks for.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from moto.core.base_backend import BackendDict
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from langsmith_sandbox.aws import (
    context,
    credentials,
    ecr,
    iam,
    journal,
    lookups,
    overlay,
    permissions,
    pod_credentials,
    service_quotas,
    signature,
    wire,
)
from langsmith_sandbox.aws.call import Call, read_body, recognise
from langsmith_sandbox.aws.clock import lead_moto_time
from langsmith_sandbox.aws.context import Context
from langsmith_sandbox.aws.credentials import ACCOUNT_ID, OperatorKey
from langsmith_sandbox.aws.leftovers import Baseline
from langsmith_sandbox.aws.request_log import Asked, RequestLog
from langsmith_sandbox.errors import SandboxError

_log = logging.getLogger(__name__)
_OWN_PATHS = "/_sandbox/"
_POD_IDENTITY = re.compile(r"pod-identity/(?P<cluster>[^/]+)/credentials")
_WARM_REGION = "us-east-1"
# Moto warns of every error code missing from an API model; AWS answers with many of those.
_UNMODELLED = r"Exception\(.*does not match an error shape"


class Emulator:
    """One AWS, as a WSGI application. Moto keeps its state in the process, so there can be one at a time.

    Args:
        operator: The key of the IAM user who operates the account; the only key valid at first.
        settings: Clock, delays, cluster runtime, registry address.
        state: Folder of the journal; None keeps nothing beyond the process.
    """

    def __init__(self, operator: OperatorKey, settings: Context | None = None, state: Path | None = None) -> None:
        self._operator = operator
        self._context = settings or Context()
        self._log = RequestLog()
        self._lock = threading.RLock()
        self._handlers = overlay.install()
        lead_moto_time(self._context.clock)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._start_over()
        self._journal = journal.Journal(state) if state else None
        self._replay()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(_OWN_PATHS):
            return self._own(environ)(environ, start_response)
        body = read_body(environ)
        call = recognise(environ)
        with self._lock:
            response = self._answer(call, environ, body)
        self._log.add(Asked(environ["REQUEST_METHOD"], call.service, call.operation or "?", response.status_code))
        return response(environ, start_response)

    def _answer(self, call: Call, environ: dict[str, Any], body: bytes) -> Response:
        clock = self._context.clock
        with clock.at(clock.now()):
            refused = self._refusal(call, environ, body)
            if refused is not None:
                return refused
            seed = secrets.token_hex(16)
            kept = journal.entry(seed, clock.now(), environ, body)
            response = self._handle(call, environ, seed)
            if self._journal and call.mutates and response.status_code < 400:
                self._journal.append(kept)
            return response

    def _refusal(self, call: Call, environ: dict[str, Any], body: bytes) -> Response | None:
        refused = credentials.refusal(call, self._context.clock)
        if refused is None:
            secret = credentials.secret_of(call.access_key) or ""
            refused = signature.refusal(call, environ, body, secret, self._context.clock.real())
        if refused is None:
            refused = permissions.refusal(call, environ)
        if refused is None and not self._offers(call):
            name = f"{call.service}:{call.operation}" if call.operation else f"this request to {call.service}"
            refused = wire.error(
                call.protocol, 501, "NotImplemented", f"The sandbox's AWS does not offer {name}; nothing was changed."
            )
        return refused

    def _offers(self, call: Call) -> bool:
        if call.operation is None:
            return False
        handler = self._handlers.get(call.service)
        return handler is None or lookups.method_name(call.operation) in lookups.method_names(handler)

    def _handle(self, call: Call, environ: dict[str, Any], seed: str) -> Response:
        """Runs moto on the request, with every id it makes derived from ``seed``."""
        self._open_region(call.region)
        overlay.settle_all()
        mock_random.seed(seed)
        random.seed(seed)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=_UNMODELLED)
                chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        except NotImplementedError as problem:
            _log.info("not offered: %s %s", call.service, call.operation)
            return wire.error(call.protocol, 501, "NotImplemented", f"The sandbox's AWS cannot do this: {problem}")
        except SandboxError as problem:
            _log.warning("%s", problem)
            return wire.error(call.protocol, 500, "ServerException", str(problem))
        except Exception:  # noqa: BLE001 - the edge: whatever moto raises must reach the SDK as an AWS error
            _log.exception("%s %s failed inside the emulator", call.service, call.operation)
            return wire.error(
                call.protocol, 500, "InternalFailure", "The sandbox's AWS failed; its log has the cause. Try again."
            )
        return Response(b"".join(chunks), status, headers)

    def _open_region(self, region: str) -> None:
        """Makes a region's defaults (VPC, subnets, ...) with ids that depend on nothing but its name."""
        if region not in ec2_backends[ACCOUNT_ID].keys():  # noqa: SIM118 - its __contains__ answers another question
            mock_random.seed(f"{ACCOUNT_ID}/{region}")
            random.seed(f"{ACCOUNT_ID}/{region}")
            with contextlib.suppress(KeyError):
                _ = ec2_backends[ACCOUNT_ID][region]
                self._baseline.note(region)

    def _start_over(self) -> None:
        context.use(self._context)
        BackendDict.reset()
        self._context.clock.forget_due()
        mock_random.seed("operator")
        credentials.seed_operator(self._operator)
        iam.seed_service_roles(ACCOUNT_ID)
        self._baseline = Baseline()
        self._open_region(_WARM_REGION)

    def _replay(self) -> None:
        if self._journal is None:
            return
        context.use(Context(self._context.clock, self._context.delays, NullRuntime(), self._context.registry))
        for number, kept in enumerate(self._journal.entries(), start=1):
            environ: dict[str, Any] = {
                **kept.environ,
                "wsgi.input": io.BytesIO(kept.body),
                "CONTENT_LENGTH": str(len(kept.body)),
                "wsgi.url_scheme": "http",
                "wsgi.errors": io.StringIO(),
            }
            call = recognise(environ)
            with self._context.clock.at(kept.instant):
                response = self._handle(call, environ, kept.seed)
            if response.status_code >= 400:
                _log.warning("journal entry %d (%s %s) no longer succeeds", number, call.service, call.operation)
        context.use(self._context)
        overlay.settle_all()
        if not self._baseline.leftovers():
            self._journal.forget()
        overlay.resume_all()

    def _own(self, environ: dict[str, Any]) -> Response:
        """The paths under ``/_sandbox/``, which are not AWS."""
        path, method = environ["PATH_INFO"].removeprefix(_OWN_PATHS), environ["REQUEST_METHOD"]
        if (method, path) == ("GET", "health"):
            return _json({"status": "ok"})
        if (method, path) == ("GET", "requests"):
            return _json(self._log.snapshot())
        if (method, path) == ("DELETE", "requests"):
            self._log.clear()
            return Response(status=204)
        if method == "GET" and path.startswith("ecr/"):
            return _json(ecr.described(path.removeprefix("ecr/")))
        if method == "GET" and (asked := _POD_IDENTITY.fullmatch(path)):
            with self._lock:
                mock_random.seed(secrets.token_hex(16))
                return pod_credentials.answer(asked["cluster"], environ)
        if method == "PUT" and path.startswith("quotas/"):
            known = service_quotas.set_value(path.removeprefix("quotas/"), read_body(environ))
            return Response(status=204) if known else _json({"detail": f"{path} is no quota, or has no number."}, 404)
        if (method, path) == ("GET", "leftovers"):
            with self._lock:
                overlay.settle_all()
                return _json({"resources": [{"type": item.type, "id": item.id} for item in self._baseline.leftovers()]})
        return _json({"detail": f"Nothing answers {method} /_sandbox/{path}."}, 404)


def _json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
