"""The engine's gRPC protocol of a resource provider, mapped onto a plain `Provider`."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
from google.protobuf import empty_pb2

from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.providers import plugin
from langsmith_sandbox.providers.properties import Properties, conceal, decode, encode, reveal
from langsmith_sandbox.providers.protocol import messages, provider_pb2_grpc, status_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOG = logging.getLogger(__name__)

_KINDS = {
    ("add", False): messages.PropertyDiff.ADD,
    ("add", True): messages.PropertyDiff.ADD_REPLACE,
    ("delete", False): messages.PropertyDiff.DELETE,
    ("delete", True): messages.PropertyDiff.DELETE_REPLACE,
    ("update", False): messages.PropertyDiff.UPDATE,
    ("update", True): messages.PropertyDiff.UPDATE_REPLACE,
}


class _Status(NamedTuple):
    """The shape `grpc.ServicerContext.abort_with_status` asks for."""

    code: grpc.StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, bytes], ...] = ()


def _answered(method: Callable[..., Any]) -> Callable[..., Any]:
    """Turn exceptions into a gRPC status with one readable message; unforeseen ones name only their class."""

    @functools.wraps(method)
    def call(self: ProviderServicer, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except plugin.PartialFailure as failure:
            context.abort_with_status(_partial_failure(failure, self.secrets_of(request)))  # pyright: ignore[reportArgumentType]
        except SandboxError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 - the edge of the process: the engine must get a message, not a traceback
            _LOG.debug("unforeseen failure in %s", method.__name__, exc_info=True)
            context.abort(grpc.StatusCode.UNKNOWN, f"the sandbox's provider failed: {type(error).__name__}: {error}")

    return call


def _partial_failure(failure: plugin.PartialFailure, like: Properties) -> _Status:
    detail = messages.ErrorResourceInitFailed(
        id=failure.resource_id,
        properties=encode(conceal(failure.outputs, like)),
        inputs=encode(conceal(failure.inputs, like)),
        reasons=[failure.reason],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=failure.reason)  # pyright: ignore[reportIndexIssue]
    status.details.add().Pack(detail)
    trailer = ("grpc-status-details-bin", status.SerializeToString())
    return _Status(grpc.StatusCode.UNKNOWN, failure.reason, (trailer,))


class ProviderServicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine on behalf of one `Provider`."""

    def __init__(self, provider: plugin.Provider) -> None:
        self._provider = provider

    @_answered
    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's names
        return messages.ProviderHandshakeResponse(accept_secrets=True)

    @_answered
    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return messages.PluginInfo(version=self._provider.version)

    @_answered
    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        self._provider.cancel()
        return empty_pb2.Empty()

    @_answered
    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return self._checked(request, self._provider.check_config(_check(request)))

    @_answered
    def DiffConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return _difference(self._provider.diff_config(_diff(request)))

    @_answered
    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        self._provider.configure(reveal(decode(request.args)))
        return messages.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_answered
    def Check(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return self._checked(request, self._provider.check(_check(request)))

    @_answered
    def Diff(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return _difference(self._provider.diff(_diff(request)))

    @_answered
    def Create(self, request: Any, _context: Any) -> Any:  # noqa: N802
        made = self._provider.create(
            plugin.Create(
                subject=plugin.Subject(request.urn),
                inputs=reveal(decode(request.properties)),
                timeout=request.timeout,
                preview=request.preview,
            )
        )
        outputs = conceal(made.outputs, self.secrets_of(request))
        return messages.CreateResponse(id=made.resource_id, properties=encode(outputs))

    @_answered
    def Read(self, request: Any, _context: Any) -> Any:  # noqa: N802
        found = self._provider.read(
            plugin.Read(
                subject=plugin.Subject(request.urn),
                resource_id=request.id,
                inputs=reveal(decode(request.inputs)),
                state=reveal(decode(request.properties)),
            )
        )
        if found is None:
            return messages.ReadResponse()
        like = self.secrets_of(request)
        return messages.ReadResponse(
            id=found.resource_id,
            properties=encode(conceal(found.outputs, like)),
            inputs=encode(conceal(found.inputs, like)),
        )

    @_answered
    def Update(self, request: Any, _context: Any) -> Any:  # noqa: N802
        outputs = self._provider.update(
            plugin.Update(
                subject=plugin.Subject(request.urn),
                resource_id=request.id,
                inputs=reveal(decode(request.news)),
                old_inputs=reveal(decode(request.old_inputs)),
                state=reveal(decode(request.olds)),
                timeout=request.timeout,
                preview=request.preview,
            )
        )
        return messages.UpdateResponse(properties=encode(conceal(outputs, self.secrets_of(request))))

    @_answered
    def Delete(self, request: Any, _context: Any) -> Any:  # noqa: N802
        self._provider.delete(
            plugin.Delete(
                subject=plugin.Subject(request.urn),
                resource_id=request.id,
                state=reveal(decode(request.properties)),
                timeout=request.timeout,
            )
        )
        return empty_pb2.Empty()

    @_answered
    def Invoke(self, request: Any, _context: Any) -> Any:  # noqa: N802
        result = self._provider.invoke(request.tok, reveal(decode(request.args)))
        response = messages.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(result))  # the field is named by a keyword
        return response

    def secrets_of(self, request: Any) -> Properties:
        """Where a request's properties are secret, also under the names by which outputs repeat them."""
        secrets: Properties = {}
        for field in ("olds", "properties", "inputs", "news"):
            if field in request.DESCRIPTOR.fields_by_name:
                secrets |= decode(getattr(request, field))
        for output, source in self._provider.echoes.items():
            if source in secrets:
                secrets[output] = secrets[source]
        return secrets

    def _checked(self, request: Any, checked: plugin.Checked) -> Any:
        return messages.CheckResponse(
            inputs=encode(conceal(checked.inputs, self.secrets_of(request))),
            failures=[messages.CheckFailure(property=path, reason=reason) for path, reason in checked.failures],
        )


def _check(request: Any) -> plugin.Check:
    return plugin.Check(
        subject=plugin.Subject(request.urn),
        inputs=reveal(decode(request.news)),
        old_inputs=reveal(decode(request.olds)),
        seed=request.randomSeed,
        proposed_name=request.autonaming.proposed_name,
    )


def _diff(request: Any) -> plugin.Diff:
    return plugin.Diff(
        subject=plugin.Subject(request.urn),
        resource_id=request.id,
        inputs=reveal(decode(request.news)),
        old_inputs=reveal(decode(request.old_inputs)),
        state=reveal(decode(request.olds)),
        ignore_changes=list(request.ignoreChanges),
    )


def _difference(difference: plugin.Difference) -> Any:
    changes: Mapping[str, plugin.Change] = difference.changes
    return messages.DiffResponse(
        changes=messages.DiffResponse.DIFF_SOME if changes else messages.DiffResponse.DIFF_NONE,
        diffs=sorted({path.split(".")[0].split("[")[0] for path in changes}),
        replaces=[path for path, change in changes.items() if change.replace],
        deleteBeforeReplace=difference.delete_before_replace,
        detailedDiff={
            path: messages.PropertyDiff(kind=_KINDS[change.kind, change.replace], inputDiff=True)
            for path, change in changes.items()
        },
        hasDetailedDiff=True,
    )
