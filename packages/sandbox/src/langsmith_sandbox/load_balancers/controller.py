"""The controller as a program: ``python -m langsmith_sandbox.load_balancers.controller``, in a Pod of its chart.

It makes the load balancers, their listeners and their places in subnets and security groups, and takes them away again.
What it leaves out are rules and targets: a sandbox's Pods have loopback addresses, which no target group takes, and the
world's entrance routes requests to them by the statuses this program writes.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from langsmith_sandbox.cluster.api import KubernetesApi
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.events import EventRecorder
from langsmith_sandbox.data_plane.errors import SettingsError
from langsmith_sandbox.data_plane.health import Health, serve_health
from langsmith_sandbox.data_plane.kubernetes_objects import connect
from langsmith_sandbox.load_balancers.aws_side import LoadBalancers
from langsmith_sandbox.load_balancers.reconciler import LOG, Reconciler
from langsmith_sandbox.load_balancers.watched import Watched

HEALTH_PORT = 61779
# Until the next look at what is still being made, or was refused: no change of an object announces those.
RETRY_SECONDS = 0.5


@dataclasses.dataclass(frozen=True)
class Settings:
    """The program's flags and environment, checked.

    Attributes:
        cluster: The EKS cluster's name.
        region: AWS region, ``vpc_id`` the VPC.
        scheme: The scheme of load balancers that ask for none.
        tags: Tags of all of them.
        kubeconfig: Names the Pod's way to the API.
        address: Where the health endpoint listens.
    """

    cluster: str
    region: str
    vpc_id: str
    scheme: str
    tags: Mapping[str, str]
    kubeconfig: Path
    address: str

    @classmethod
    def read(cls, argv: Sequence[str] | None, environment: Mapping[str, str]) -> Settings:
        """Reads what the chart sets.

        Raises:
            SettingsError: The program would have to ask the instance it is on, which answers no Pod; or it is in none.
        """
        parser = argparse.ArgumentParser(prog="langsmith_sandbox.load_balancers.controller", description=__doc__)
        for flag in ("cluster-name", "ingress-class", "aws-region", "aws-vpc-id", "default-tags", "log-level"):
            parser.add_argument(f"--{flag}", default="")
        parser.add_argument("--default-load-balancer-scheme", default="internal")
        given = parser.parse_args(argv)
        if not given.aws_region or not given.aws_vpc_id:
            missing = "region" if not given.aws_region else "vpcId"
            raise SettingsError(
                "unable to initialize AWS cloud: failed to fetch VPC ID from instance metadata, "
                "which is one hop too far from a Pod.",
                f"Set the chart's value {missing}.",
            )
        if not environment.get("KUBECONFIG"):
            raise SettingsError("KUBECONFIG is not set.", "Run this program in a Pod of the sandbox.")
        return cls(
            cluster=given.cluster_name,
            region=given.aws_region,
            vpc_id=given.aws_vpc_id,
            scheme=given.default_load_balancer_scheme,
            tags=dict(pair.split("=", 1) for pair in given.default_tags.split(",") if pair),
            kubeconfig=Path(environment["KUBECONFIG"]),
            address=environment.get("LANGSMITH_SANDBOX_POD_IP", "127.0.0.1"),
        )


def client(region: str, service: str) -> Any:
    """A client with the credentials the Pod's identity gives, asked for anew each time."""
    import botocore.config
    import botocore.session

    patience = botocore.config.Config(connect_timeout=10, read_timeout=30, retries={"max_attempts": 3})
    return botocore.session.Session().create_client(service, region_name=region, config=patience)


def run(settings: Settings, api: KubernetesApi, health: Health) -> None:
    """Do a round whenever something changed, for ever."""
    changed = threading.Event()
    watched = Watched(api, changed.set)
    if watched.missing:
        LOG.info("Disabling ALBGatewayAPI: missing required CRDs %s", watched.missing)
    watched.start()
    aws = LoadBalancers(
        lambda service: client(settings.region, service),
        cluster=settings.cluster,
        vpc_id=settings.vpc_id,
        tags=settings.tags,
    )
    events = EventRecorder(api, "load-balancer-controller")
    reconciler = Reconciler(watched, aws, events.record, scheme=settings.scheme)
    health.good()
    pending = True
    while True:
        changed.wait(RETRY_SECONDS if pending else None)
        changed.clear()
        try:
            pending = reconciler.round()
        except KubernetesApiError as problem:
            LOG.info("again, since %s", problem.message)
            pending = True


def main(argv: Sequence[str] | None = None) -> int:
    """Runs until the Pod ends."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stdout)
    for name in ("httpx2", "botocore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        settings = Settings.read(argv, os.environ)
        api = KubernetesApi(connect(settings.kubeconfig))
    except SettingsError as error:
        LOG.error("%s", error)
        return error.exit_code
    health = Health()
    serve_health(health, settings.address, HEALTH_PORT, ready=("/readyz",), alive=("/healthz",))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    run(settings, api, health)
    return 0


if __name__ == "__main__":
    sys.exit(main())
