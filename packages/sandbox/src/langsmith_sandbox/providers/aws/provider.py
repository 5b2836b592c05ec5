"""The provider the engine talks to: finds the table entry of a resource and hands the work on."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers import plugin
from langsmith_sandbox.providers.aws.catalogue import resource_of
from langsmith_sandbox.providers.aws.clients import Clients, Sleep
from langsmith_sandbox.providers.plugin import PartialFailure, ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from langsmith_sandbox.providers.aws.configuration import Configuration
    from langsmith_sandbox.providers.aws.lifecycle import Lifecycle
    from langsmith_sandbox.providers.aws.resource import Resource
    from langsmith_sandbox.providers.aws.schema import Schema
    from langsmith_sandbox.providers.properties import Properties

VERSION = "7.51.1"
"""The `pulumi-aws` release whose resources this provider imitates; the SDK asks for it by this number."""


class AwsProvider:
    """A `plugin.Provider` for AWS.

    Args:
        sleep: Waits for so many seconds; true when it was cancelled meanwhile. By default `cancel` ends every wait.
    """

    version = VERSION
    echoes: Mapping[str, str] = {"tagsAll": "tags"}

    def __init__(self, sleep: Sleep | None = None) -> None:
        self._configuration: Configuration | None = None
        self._clients: Clients | None = None
        self._cancelled = threading.Event()
        self._sleep = sleep or self._cancelled.wait

    def check_config(self, check: plugin.Check) -> plugin.Checked:
        from langsmith_sandbox.providers.aws.configuration import check_configuration

        return check_configuration(check.inputs)

    def diff_config(self, diff: plugin.Diff) -> plugin.Difference:
        from langsmith_sandbox.providers.aws.configuration import configuration_difference

        return configuration_difference(diff)

    def configure(self, config: Properties) -> None:
        from langsmith_sandbox.providers.aws.configuration import Configuration

        self._configuration = configuration = Configuration.load(config)
        self._clients = clients = Clients(configuration.region, configuration.profile, sleep=self._sleep)
        allowed = configuration.allowed_account_ids
        if allowed and (account := clients.caller["Account"]) not in allowed:
            raise ProviderError(f"AWS account {account} is not among the allowed ones.", "Use other credentials.")

    def check(self, check: plugin.Check) -> plugin.Checked:
        from langsmith_sandbox.providers.aws.check import check as checked

        resource, schema = _entry(check.subject)
        default_tags = self._configuration.default_tags if self._configuration else {}
        return checked(resource, schema, check, default_tags)

    def diff(self, diff: plugin.Diff) -> plugin.Difference:
        from langsmith_sandbox.providers.aws.difference import difference

        return difference(*_entry(diff.subject), diff)

    def create(self, create: plugin.Create) -> plugin.Instance:
        resource, schema = _entry(create.subject)
        if create.preview:
            from langsmith_sandbox.providers.aws.state import foretold

            return plugin.Instance("", foretold(resource, schema, create.inputs, {}, self._region))
        with _about("creating", create.subject):
            return self._lifecycle(resource, schema).create(create)

    def read(self, read: plugin.Read) -> plugin.Instance | None:
        with _about("reading", read.subject):
            return self._lifecycle(*_entry(read.subject)).read(read)

    def update(self, update: plugin.Update) -> Properties:
        resource, schema = _entry(update.subject)
        if update.preview:
            from langsmith_sandbox.providers.aws.state import foretold

            return foretold(resource, schema, update.inputs, update.state, self._region)
        diff = plugin.Diff(update.subject, update.resource_id, update.inputs, update.old_inputs, update.state)
        changed = {path.partition(".")[0].partition("[")[0] for path in self.diff(diff).changes}
        with _about("updating", update.subject):
            return self._lifecycle(resource, schema).update(update, changed)

    def delete(self, delete: plugin.Delete) -> None:
        with _about("deleting", delete.subject):
            self._lifecycle(*_entry(delete.subject)).delete(delete)

    def invoke(self, token: str, arguments: Properties) -> Mapping[str, Any]:
        from langsmith_sandbox.providers.aws.functions import invoke

        with _prefixed(f"invoking {token}"):
            return invoke(self._connected, token, arguments)

    def cancel(self) -> None:
        self._cancelled.set()

    def _lifecycle(self, resource: Resource, schema: Schema) -> Lifecycle:
        from langsmith_sandbox.providers.aws.lifecycle import Lifecycle

        return Lifecycle(resource, schema, self._connected)

    @property
    def _region(self) -> str:
        return self._connected.region

    @property
    def _connected(self) -> Clients:
        if self._clients is None:
            raise ProviderError("The AWS provider is not configured.", "Set `aws:region`.")
        return self._clients


def _entry(subject: plugin.Subject) -> tuple[Resource, Schema]:
    from langsmith_sandbox.providers.aws.schema import schema_of

    resource = resource_of(subject.type)
    return resource, schema_of(subject.type)


def _about(action: str, subject: plugin.Subject) -> contextlib.AbstractContextManager[None]:
    return _prefixed(f"{action} {subject}")


@contextlib.contextmanager
def _prefixed(context: str) -> Iterator[None]:
    """Say in errors what was being done to which resource."""
    try:
        yield
    except PartialFailure as failure:
        reason = f"{context}: {failure.reason}"
        raise PartialFailure(failure.resource_id, failure.outputs, failure.inputs, reason) from failure
    except ProviderError as error:
        raise ProviderError(f"{context}: {error.what}", error.remedy) from error
