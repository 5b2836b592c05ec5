"""Errors of the AWS stand-in, and the one place where botocore's become ours."""

from __future__ import annotations

from langsmith_sandbox.providers.plugin import ProviderError

_REMEDIES = {
    "ExpiredToken": "Sign in again, then run the same command: what was done so far is kept.",
    "ExpiredTokenException": "Sign in again, then run the same command: what was done so far is kept.",
    "InvalidClientTokenId": "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "AuthFailure": "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "AccessDenied": "Allow the action in the caller's IAM policy.",
    "AccessDeniedException": "Allow the action in the caller's IAM policy.",
    "UnauthorizedOperation": "Allow the action in the caller's IAM policy.",
    "DependencyViolation": "Remove what still uses it first.",
}
_REMEDY = "Correct the program or the account, then run the update again."


class ApiError(ProviderError):
    """An API call was answered with an error: ``code`` and ``message`` are AWS's."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{code}: {message.rstrip('.')}.", _REMEDIES.get(code, _REMEDY))
        self.operation = operation
        self.code = code
        self.message = message


class CallNotSentError(ProviderError):
    """A call could not be made or answered at all: no endpoint, no credentials, bad parameters."""


class UnsettledError(ProviderError):
    """A resource went to a failed state, or did not settle in time."""


def from_botocore(operation: str, error: Exception) -> ProviderError:
    """Our error for one of botocore's; the caller chains it."""
    from botocore import exceptions as botocore

    match error:
        case botocore.ClientError():
            details = error.response.get("Error", {})
            return ApiError(operation, str(details.get("Code", "Unknown")), str(details.get("Message", "")))
        case botocore.NoCredentialsError() | botocore.PartialCredentialsError() | botocore.ProfileNotFound():
            return CallNotSentError(f"{operation}: {error}.", "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
        case botocore.EndpointConnectionError() | botocore.HTTPClientError():
            return CallNotSentError(f"{operation}: {error}.", "Check AWS_ENDPOINT_URL, and that the sandbox runs.")
        case _:
            return CallNotSentError(f"{operation}: {error}".rstrip(".") + ".", _REMEDY)
