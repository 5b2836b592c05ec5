"""Create, read, update and delete a resource as its table entry says."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.aws import tags as tagging
from langsmith_sandbox.providers.aws.errors import CallNotSentError, UnsettledError
from langsmith_sandbox.providers.aws.expressions import evaluate
from langsmith_sandbox.providers.aws.functions import partition_of
from langsmith_sandbox.providers.aws.naming import prefixed_name
from langsmith_sandbox.providers.aws.state import as_inputs, imported_inputs, observed
from langsmith_sandbox.providers.plugin import Create, Delete, Instance, PartialFailure, ProviderError, Read, Update

if TYPE_CHECKING:
    from langsmith_sandbox.providers.aws import resource as table
    from langsmith_sandbox.providers.aws.clients import Clients
    from langsmith_sandbox.providers.aws.schema import Schema
    from langsmith_sandbox.providers.properties import Properties

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0


class Lifecycle:
    """The life of one resource type; holds no state of its own."""

    def __init__(self, resource: table.Resource, schema: Schema, clients: Clients) -> None:
        self._resource = resource
        self._schema = schema
        self._clients = clients
        self._call = functools.partial(clients.call, resource.service, renamed=resource.renamed)

    def create(self, request: Create) -> Instance:
        """Make the resource and wait until it is ready.

        Raises:
            PartialFailure: When it was made, but something after that failed.
        """
        resource, inputs = self._resource, self._named(request.inputs)
        document = self._document(inputs, "")
        extra = tagging.on_create(resource.tagging, inputs.get("tags"))
        answer = self._call(resource.create, document, extra=extra)
        resource_id = str(evaluate(resource.identity, {**document, **answer}))
        document["id"] = resource_id
        try:
            self._finish(document, inputs, request.timeout)
            outputs = self._outputs(document, inputs)
        except ProviderError as error:
            raise self._partial(resource_id, inputs, inputs, error) from error
        if outputs is None:
            raise UnsettledError(f"{resource_id} vanished while it was made.", "Run the update again.")
        return Instance(resource_id, outputs, inputs)

    def _named(self, inputs: Properties) -> Properties:
        naming = self._resource.naming
        if naming is None or naming.property in inputs or naming.prefix not in inputs:
            return inputs
        return {**inputs, naming.property: prefixed_name(inputs[naming.prefix])}

    def _finish(self, document: dict[str, Any], inputs: Properties, timeout: float) -> None:
        """What the create call could not do: wait, further properties, tags."""
        resource = self._resource
        self._settle(resource.ready, document, timeout)
        self._take(resource.after_create, document, described=None)
        for update in resource.updates:
            given = [name for name in update.properties.split() if name in inputs]
            if update.after_create and given:
                self._send(update, given, inputs, document)
        if resource.tagging and not resource.tagging.on_create and inputs.get("tags"):
            described = {**document, **(self._describe(document) or {})}
            tagging.bring_up_to_date(self._clients, resource.service, resource.tagging, described, {}, inputs["tags"])

    def read(self, request: Read) -> Instance | None:
        """The resource as it is now, or ``None`` if it is gone. Without inputs it is an import."""
        document = self._document({**request.state, **request.inputs}, request.resource_id)
        try:
            outputs = self._outputs(document, {**request.inputs, **request.state})
        except CallNotSentError as error:
            if request.state or request.inputs:
                raise
            what = f"{self._resource.type} cannot be imported by the id {request.resource_id!r} alone."
            raise ProviderError(what, "Create it anew, or import it with an AWS account.") from error
        if outputs is None:
            return None
        if request.inputs:
            inputs = as_inputs(outputs, request.inputs, self._schema)
        else:
            inputs = imported_inputs(outputs, self._resource, self._schema)
        return Instance(request.resource_id, outputs, inputs)

    def update(self, request: Update, changed: set[str]) -> Properties:
        """Send the properties in ``changed`` to AWS, and return all outputs.

        Raises:
            PartialFailure: When something failed after the first call was made.
        """
        resource, inputs = self._resource, request.inputs
        kept = {name: value for name, value in request.state.items() if name not in request.old_inputs}
        document = self._document({**kept, **inputs}, request.resource_id)
        try:
            self._settle(resource.ready, document, request.timeout)
            described = self._describe(document) or {}
            document = {**described, **document, "now": described}
            for update in resource.updates:
                relevant = [name for name in update.properties.split() if name in changed]
                if relevant:
                    document |= self._send(update, relevant, inputs, document)
                    self._settle(resource.ready, document, request.timeout)
            if resource.tagging and "tags" in changed:
                old = request.state.get("tagsAll") or {}
                new = inputs.get("tags") or {}
                tagging.bring_up_to_date(self._clients, resource.service, resource.tagging, document, old, new)
            outputs = self._outputs(document, inputs)
        except ProviderError as error:
            raise self._partial(request.resource_id, inputs, request.state, error) from error
        if outputs is None:
            raise UnsettledError(f"{request.resource_id} vanished while it was updated.", "Run a refresh, then again.")
        return outputs

    def delete(self, request: Delete) -> None:
        """Remove the resource and wait until it is gone; gone already is as good."""
        resource = self._resource
        document = self._document(request.state, request.resource_id)
        described = None if resource.delete is None else self._describe(document)
        if described is None or resource.delete is None:
            return
        document = {**document, **described, "id": request.resource_id}
        self._take(resource.before_delete, document, described)
        self._call(resource.delete, document)
        self._wait_until_gone(document, request.timeout)

    def _document(self, properties: Mapping[str, Any], resource_id: str) -> dict[str, Any]:
        region = properties.get("region") or self._clients.region
        partition = partition_of(region)
        account = self._clients.caller["Account"]
        return {**properties, "id": resource_id, "region": region, "account": account, "partition": partition}

    def _describe(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the API says about the resource, or ``None`` if there is no such thing."""
        lookup = self._resource.read
        answer = self._call(lookup, document)
        found = evaluate(lookup.at, {**document, **answer}) if answer else None
        if not found:
            return None
        described = dict(found) if isinstance(found, Mapping) else {"value": found}
        for name, further in self._resource.also.items():
            whole = {**document, **described, "id": document["id"]}
            answer = self._call(further, whole)
            value = evaluate(further.at, {**whole, **answer}) if answer else None
            described |= {name: value} if name else value or {}
        return described

    def _take(
        self, steps: tuple[table.Step, ...], document: Mapping[str, Any], described: Mapping[str, Any] | None
    ) -> None:
        """Make the calls around create or delete."""
        for step in steps:
            whole = {**document, **(described or self._describe(document) or {}), "id": document["id"]}
            if step.when and not evaluate(step.when, whole):
                continue
            if step.listing:
                whole |= self._call(step.listing, whole)
            for item in evaluate(step.each, whole) or () if step.each else (None,):
                self._call(step.call, {**whole, "each": item})

    def _outputs(self, document: Mapping[str, Any], prior: Properties) -> Properties | None:
        described = self._describe(document)
        if described is None:
            return None
        whole = {**document, **described, **{key: document[key] for key in ("id", "region", "account", "partition")}}
        outputs = observed(self._resource, self._schema, prior, described, whole)
        if self._resource.tagging:
            tags = tagging.read(self._clients, self._resource.service, self._resource.tagging, whole)
            outputs |= {"tags": tags, "tagsAll": tags}
        return outputs

    def _send(
        self, update: table.Update, names: list[str], inputs: Properties, document: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Make an update call for the properties ``names`` and return the answer."""
        for name in names:
            if name not in inputs and name not in update.empty and not update.whole:
                what = f"{name!r} of {self._resource.type} cannot be unset in place."
                raise ProviderError(what, "Give it a value, or replace the resource.")
        current = {**document, **update.empty, **inputs}
        if update.only_if and not evaluate(update.only_if, current):
            return {}
        takes = update.call.takes.split()
        if not update.whole:
            takes = [name for name in takes if name in names or name not in update.properties.split()]
        return self._call(update.call, current, takes=takes)

    def _settle(self, wait: table.Wait | None, document: Mapping[str, Any], timeout: float) -> None:
        """Wait until the resource is ready.

        Raises:
            UnsettledError: When it failed or took too long.
        """
        if wait is None:
            return
        limit, waited = timeout or wait.seconds, 0.0
        pause, status = _FIRST_PAUSE, "missing"
        while True:
            described = self._describe(document)
            if described is not None:
                status = str(evaluate(wait.status, described))
                if status in wait.ready.split():
                    return
                if status in wait.failed.split():
                    why = evaluate(wait.reason, described) or "AWS gives no reason"
                    raise UnsettledError(
                        f"{document['id']} is {status}: {why}.", "Correct that; the next update retries."
                    )
            self._pause(document, status, pause, expired=waited > limit)
            waited += pause
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _wait_until_gone(self, document: Mapping[str, Any], timeout: float) -> None:
        wait = self._resource.gone
        if wait is None:
            return
        limit, waited = timeout or wait.seconds, 0.0
        pause = _FIRST_PAUSE
        while (described := self._describe(document)) is not None:
            status = str(evaluate(wait.status, described))
            if status in wait.ready.split():
                return
            if status in wait.failed.split():
                why = evaluate(wait.reason, described) or "AWS gives no reason"
                raise UnsettledError(f"{document['id']} is {status}: {why}.", "Correct that, then delete it again.")
            self._pause(document, status, pause, expired=waited > limit)
            waited += pause
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def _pause(self, document: Mapping[str, Any], status: str, seconds: float, *, expired: bool) -> None:
        if expired:
            raise UnsettledError(f"{document['id']} is still {status} after the time allowed.", "Run the update again.")
        if self._clients.sleep(seconds) is True:
            raise UnsettledError(f"Waiting for {document['id']} was cancelled.", "Run the update again to go on.")

    def _partial(self, resource_id: str, inputs: Properties, known: Properties, error: ProviderError) -> PartialFailure:
        """The failure of a resource that exists; its state is read once more if that is possible."""
        outputs = None
        with contextlib.suppress(ProviderError):
            outputs = self._outputs(self._document({**known, **inputs}, resource_id), inputs)
        return PartialFailure(resource_id, outputs or {**known, **inputs}, inputs, str(error))
