"""Refusals of AWS WAF, worded as the service words them."""

from __future__ import annotations

from langsmith_sandbox.aws.errors import AwsError


def invalid(reason: str, field: str, parameter: str) -> AwsError:
    """A parameter that cannot be used; the message repeats the members, as AWS's does."""
    message = f"Error reason: {reason}, field: {field}, parameter: {parameter}"
    return AwsError("WAFInvalidParameterException", message, Field=field, Parameter=parameter, Reason=reason)


def duplicate() -> AwsError:
    """A name, or a priority within a web ACL, that is taken."""
    return AwsError(
        "WAFDuplicateItemException",
        "AWS WAF could not perform the operation because some resource in your request is a duplicate of an "
        "existing one.",
    )


def nonexistent() -> AwsError:
    """Something named that is not there."""
    return AwsError(
        "WAFNonexistentItemException",
        "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
    )


def associated() -> AwsError:
    """A deletion of what is still in use."""
    return AwsError(
        "WAFAssociatedItemException",
        "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s "
        "associated with another resource.",
    )


def over_limit() -> AwsError:
    """More than the account may have."""
    return AwsError(
        "WAFLimitsExceededException",
        "AWS WAF couldn’t perform the operation because you exceeded your resource limit.",
    )
