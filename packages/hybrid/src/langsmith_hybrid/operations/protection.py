"""What `deletionProtection` holds on to, and how a stack lets go of it without its file being edited."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.hosting_stack import HostingStack, Managed

_KEY = "deletionProtection"
# By type: the output that says whether destroying it is refused, the value it then has, and what it is called.
_REFUSING: dict[str, tuple[str, bool, str]] = {
    "aws:eks/cluster:Cluster": ("deletionProtection", True, "the cluster"),
    "aws:rds/instance:Instance": ("deletionProtection", True, "the database"),
    "aws:s3/bucket:Bucket": ("forceDestroy", False, "what is in the bucket"),
    "aws:ecr/repository:Repository": ("forceDelete", False, "the images in the repository"),
}


def protected(managed: Sequence[Managed]) -> tuple[str, ...]:
    """What of a stack is refused to be destroyed, or is only while something is in it."""
    found = ((each, _REFUSING[each.type]) for each in managed if each.type in _REFUSING)
    return tuple(
        f"{called} {each.outputs.get('identifier') or each.id}"
        for each, (output, refusing, called) in found
        if each.outputs.get(output) is refusing
    )


@contextlib.contextmanager
def unprotecting(stack: HostingStack) -> Iterator[Path]:
    """A copy of the stack's file that protects nothing, for one ``pulumi up --config-file``; secrets stay encrypted.

    Raises:
        StackError: The stack's file cannot be read.
    """
    import yaml

    file = stack.folder / f"Pulumi.{stack.name.rpartition('/')[2]}.yaml"
    try:
        content: Any = yaml.safe_load(file.read_text())
        content["config"][f"{stack.project}:{_KEY}"] = "false"
    except (OSError, yaml.YAMLError, TypeError, KeyError):
        what = f"The stack's file {file} cannot be read."
        raise StackError(what, f"Set {_KEY} to false, run `pulumi up`, then this again.") from None
    with tempfile.TemporaryDirectory(prefix="langsmith-hybrid-") as folder:
        copy = Path(folder) / file.name
        copy.write_text(yaml.safe_dump(content))
        yield copy
