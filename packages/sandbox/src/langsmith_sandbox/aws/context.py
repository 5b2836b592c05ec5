"""What the overlay's handlers share beyond the request: clock, delays, the cluster runtime, the registry's address.

Moto's state is one per process and it builds its handlers itself, one a request, so these too are one per process;
the emulator sets them before it handles anything.
"""

from __future__ import annotations

import dataclasses

from langsmith_sandbox.aws.clock import Clock, Delays
from langsmith_sandbox.aws.runtime import ClusterRuntime, NullRuntime
from langsmith_sandbox.aws.store_servers import NoServers, StoreServers


@dataclasses.dataclass(frozen=True)
class Context:
    """Everything a handler may ask for.

    Attributes:
        clock: The emulator's clock.
        delays: How long passing states last.
        runtime: What runs behind EKS clusters.
        registry: ``host:port`` that ECR repository URIs name; None for the address AWS would give.
        stores: What runs behind databases and caches.
        quotas: Values of quotas that are not AWS's default, by service and quota code.
        registry_secret: Signs the passwords that let into that registry.
    """

    clock: Clock = dataclasses.field(default_factory=Clock)
    delays: Delays = dataclasses.field(default_factory=Delays)
    runtime: ClusterRuntime = dataclasses.field(default_factory=NullRuntime)
    registry: str | None = None
    stores: StoreServers = dataclasses.field(default_factory=NoServers)
    quotas: dict[tuple[str, str], float] = dataclasses.field(default_factory=dict)
    registry_secret: str = dataclasses.field(default="", repr=False)


class _Current:
    context: Context | None = None


def use(context: Context) -> None:
    """Makes ``context`` the one :func:`current` returns."""
    _Current.context = context


def current() -> Context:
    """The context of the emulator in this process."""
    if _Current.context is None:
        use(Context())
    assert _Current.context is not None  # noqa: S101 - narrows the type after the line above
    return _Current.context
