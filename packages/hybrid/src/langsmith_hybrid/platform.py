"""The platform: what the data plane's chart takes for granted in a cluster."""

from __future__ import annotations

import dataclasses

import pulumi
import pulumi_kubernetes as kubernetes

from langsmith_hybrid.component import Component

# Seconds helm may take to bring a release up before it is rolled back.
RELEASE_TIMEOUT = 600


@dataclasses.dataclass(frozen=True)
class PlatformArgs:
    """What the platform is made from.

    Attributes:
        keda_chart_repository: Helm repository of the ``keda`` chart; ``keda_chart_version`` pins it.
        key_arn: KMS key of the volumes Pods claim; None for one of AWS's own.
    """

    keda_chart_repository: str
    keda_chart_version: str
    key_arn: pulumi.Input[str] | None


class Platform(Component):
    """A default storage class and KEDA.

    Attributes:
        keda: The KEDA release; the data plane's operator makes ScaledObjects and must come after it.
    """

    keda: kubernetes.helm.v3.Release

    def __init__(self, name: str, args: PlatformArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        # Agents' databases claim volumes without naming a class: without a default one they stay pending. EKS makes a
        # class gp2 of its own, but since Kubernetes 1.30 not as the default: there are never two.
        kubernetes.storage.v1.StorageClass(
            f"{name}-gp3",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name="gp3-encrypted", annotations={"storageclass.kubernetes.io/is-default-class": "true"}
            ),
            provisioner="ebs.csi.aws.com",
            parameters={
                "type": "gp3",
                "encrypted": "true",
                **({} if args.key_arn is None else {"kmsKeyId": args.key_arn}),
            },
            reclaim_policy="Delete",
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            opts=self.child(),
        )
        namespace = kubernetes.core.v1.Namespace(
            f"{name}-keda", metadata=kubernetes.meta.v1.ObjectMetaArgs(name="keda"), opts=self.child()
        )
        self.keda = kubernetes.helm.v3.Release(
            f"{name}-keda",
            name="keda",
            namespace=namespace.metadata.name,
            chart="keda",
            version=args.keda_chart_version,
            repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo=args.keda_chart_repository),
            atomic=True,
            timeout=RELEASE_TIMEOUT,
            opts=self.child(),
        )
        self.register_outputs({})
