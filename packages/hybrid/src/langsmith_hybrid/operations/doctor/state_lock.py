"""Who holds a stack, where its state lies.

Pulumi's service tells it. A folder or bucket holds a file a run, under ``.pulumi/locks`` and the stack's full name
(pulumi/pulumi, pkg/backend/diy/lock.go).
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.hosting_stack import HostingStack

_LOCKS = ".pulumi/locks"


def holders(stack: HostingStack, aws: Aws) -> list[str] | None:
    """Whoever holds the stack; None where that cannot be seen.

    Raises:
        StackError: The back end does not answer.
        AwsError: It is a bucket that cannot be listed.
    """
    backend = urllib.parse.urlsplit(_backend(stack))
    if backend.scheme in {"http", "https"}:
        return ["an update in progress"] if _in_progress(stack) else []
    within = f"{_LOCKS}/organization/{stack.tag}/"
    if backend.scheme == "file":
        return list(_in_folder(Path(backend.netloc + backend.path).expanduser() / within))
    # A bucket with settings of its own, such as another profile, is not asked as this account.
    if backend.scheme == "s3" and not backend.query:
        prefix = f"{backend.path.strip('/')}/{within}".lstrip("/")
        files = aws.each("s3", "list_objects_v2", "Contents", Bucket=backend.netloc, Prefix=prefix)
        return [f"a run that began at {each['LastModified']:%H:%M on %d %B}" for each in files]
    return None


def _backend(stack: HostingStack) -> str:
    done = stack.pulumi.answer(["whoami", "--json"], stack.folder)
    try:
        return str(json.loads(done.stdout)["url"])
    except (ValueError, KeyError, TypeError):
        what = "pulumi cannot reach where its state lies."
        raise StackError(what, "Try `pulumi whoami --verbose`; log in with `pulumi login`.") from None


def _in_progress(stack: HostingStack) -> bool:
    done = stack.pulumi.answer(["stack", "ls", "--json"], stack.folder)
    try:
        listed = json.loads(done.stdout)
        return any(each.get("updateInProgress") for each in listed if each.get("name") == stack.name)
    except (ValueError, AttributeError):
        raise StackError("pulumi cannot list the stacks.", "Try `pulumi stack ls`.") from None


def _in_folder(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.json")):
        try:
            held = json.loads(file.read_text())
            yield f"{held['username']}@{held['hostname']} (process {held['pid']})"
        except FileNotFoundError:
            continue  # let go of in the meantime
        except (OSError, ValueError, KeyError, TypeError):
            yield f"whoever wrote {file.name}"
