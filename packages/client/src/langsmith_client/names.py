"""Names a deployment may have."""

from __future__ import annotations

import re

MAX_LENGTH = 21
"""Characters. The Kubernetes name is `<name>-<32 hex>`, and KEDA refuses a ScaledObject name of more than 54
(kedacore/keda#7762), because its autoscaler is called `keda-hpa-<name>` and must fit a DNS label of 63."""


def name_problems(name: str) -> list[str]:
    """Everything that is wrong with `name`, one sentence each; empty when it is usable."""
    problems: list[str] = []
    if re.search(r"[^a-z0-9-]", name):
        problems.append(f"The name {name!r} may hold only lowercase letters, digits and dashes.")
    if not re.match(r"[a-z]", name):
        problems.append(f"The name {name!r} must start with a lowercase letter.")
    if name.endswith("-"):
        problems.append(f"The name {name!r} must not end with a dash.")
    if len(name) > MAX_LENGTH:
        problems.append(
            f"The name {name!r} has {len(name)} characters and may have {MAX_LENGTH}: Kubernetes gets the name plus 33 "
            "more, and KEDA accepts no more than 54."
        )
    return problems
