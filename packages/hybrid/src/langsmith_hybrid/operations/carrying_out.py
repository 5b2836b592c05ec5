"""Letting pulumi change a stack, and saying what it means when it fails."""

from __future__ import annotations

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.errors import AccessError, AccessExpiredError, EngineFailedError, OperationError
from langsmith_hybrid.operations.hosting_stack import HostingStack

# The engine's default is four steps a core, too few for a graph that mostly waits.
_PARALLEL = ("--parallel", "64")
_AGAIN = "run the same command again: it goes on where this one ended."
_NAMED_AT_MOST = 5


def carry_out(stack: HostingStack, aws: Aws, command: str, *arguments: str) -> None:
    """Run ``pulumi up`` or ``pulumi destroy`` before the eyes of whoever called.

    Raises:
        AccessExpiredError: It failed, and the AWS session is over.
        AccessError: It failed, and AWS does not know the credentials any more.
        EngineFailedError: It failed for another reason, which it has said itself.
        StackError: pulumi is not installed.
    """
    code = stack.perform(command, *_PARALLEL, *arguments)
    if code == 0:
        return
    try:
        aws.ask("sts", "get_caller_identity")
    except AccessExpiredError:
        what = f"The AWS session ended while `pulumi {command}` was at work; what was done by then is in the state."
        raise AccessExpiredError(what, f"Log in again, and {_AGAIN}") from None
    except AccessError as error:
        raise AccessError(f"`pulumi {command}` failed. {error.what}", error.remedy) from None
    except OperationError:
        pass  # AWS says nothing of the credentials, so that pulumi's own words must do
    what = f"`pulumi {command}` ended with {code}, for the reason it gives above.{_interrupted(stack)}"
    raise EngineFailedError(what, f"Mend what it names, and {_AGAIN}")


def _interrupted(stack: HostingStack) -> str:
    """What the run was in the midst of, as a sentence with a space before it; empty if there is nothing."""
    try:
        pending = stack.state().pending
    except OperationError:
        return ""
    more = f" and {len(pending) - _NAMED_AT_MOST} more" if len(pending) > _NAMED_AT_MOST else ""
    return f" It was in the midst of {', '.join(pending[:_NAMED_AT_MOST])}{more}." if pending else ""
