"""What an EC2 instance type offers its node, roughly.

Sources: EC2's instance type pages (vCPU by size, memory by family), and the formulas EKS nodes reserve by (0.06 of the
first core, 255 MiB + 11 MiB a Pod, 100 MiB for eviction).
"""

from __future__ import annotations

import dataclasses

from langsmith_sandbox.cluster.errors import ClusterError

_CORES = {"nano": 2, "micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4}
_BURSTABLE_GIB = {"nano": 0.5, "micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
_GIB_A_CORE = {"c": 2, "m": 4, "r": 8, "x": 16, "t": 4}
_PODS = {"nano": 4, "micro": 4, "small": 11, "medium": 17, "large": 29, "xlarge": 58, "2xlarge": 58}
_MANY_PODS = 234
_MIB = 2**20


@dataclasses.dataclass(frozen=True)
class Offer:
    """A node's size.

    Attributes:
        cores: vCPUs.
        memory: Bytes.
        pods: How many Pods fit, by the network interfaces' addresses.
    """

    cores: int
    memory: int
    pods: int

    @classmethod
    def of(cls, instance_type: str) -> Offer:
        """What a type offers.

        Raises:
            ClusterError: It is not the name of a type.
        """
        family, dot, size = instance_type.partition(".")
        multiple = size.removesuffix("xlarge")
        if dot and multiple.isdigit():
            cores = int(multiple) * 4
        elif dot and size in _CORES:
            cores = _CORES[size]
        else:
            raise ClusterError(
                f"{instance_type} is not an EC2 instance type the sandbox knows.",
                "Use one such as m5.large.",
            )
        gib = cores * _GIB_A_CORE.get(family[:1], 4)
        if family.startswith("t"):
            gib = _BURSTABLE_GIB.get(size, gib)
        return cls(cores, int(gib * 2**30), _PODS.get(size, _MANY_PODS))

    @property
    def allocatable_millicores(self) -> int:
        """What is left for Pods after the system's share."""
        shares = [60, 10, 5, 5]  # thousandths of the first, second, third and fourth core
        reserved = sum(shares[: self.cores]) + max(0, self.cores - 4) * 2.5
        return int(self.cores * 1000 - reserved)

    @property
    def allocatable_memory(self) -> int:
        """Bytes left for Pods after the system's share and the eviction threshold."""
        return self.memory - (255 + 11 * self.pods + 100) * _MIB
