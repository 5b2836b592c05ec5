"""The AWS account a stack lives in, asked through botocore as whoever runs the command."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from langsmith_hybrid.operations.errors import AccessError, AccessExpiredError, AwsError, StackError

if TYPE_CHECKING:
    import botocore.session

    from langsmith_hybrid.operations.hosting_stack import HostingStack

# What the services call it when a session's time is over.
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
# What they call credentials that are none, or not any more.
_REFUSED = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_LOG_IN = "Log in again (`aws sso login`, or however this account is entered), and run the same command again."
_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_TRIES = 4


class Aws:
    """One account and region; safe to share between threads.

    Args:
        region: AWS region, such as ``eu-west-1``.
        session: Where credentials and endpoints come from; by default botocore's own chain, as for the aws CLI.
    """

    def __init__(self, region: str, session: botocore.session.Session | None = None) -> None:
        import botocore.session

        self.region = region
        self.session = session or botocore.session.Session()
        self._clients: dict[tuple[str, str], Any] = {}
        # A session can make one client at a time; clients can be used by many threads at once.
        self._making = threading.Lock()

    def client(self, service: str, region: str | None = None) -> Any:
        """A botocore client.

        Raises:
            AccessError: There are no credentials.
        """
        from botocore.config import Config

        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "max_attempts": _TRIES},
        )
        key = service, region or self.region
        with self._making:
            if key not in self._clients:
                with translated(service):
                    self._clients[key] = self.session.create_client(service, region_name=key[1], config=config)
            return self._clients[key]

    def ask(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        """One answer; ``operation`` is botocore's name, such as ``describe_vpcs``.

        Raises:
            AccessExpiredError: The session is over.
            AccessError: There are no credentials, or AWS does not know them.
            AwsError: Anything else that AWS refuses, with its code, or no answer.
        """
        client = self.client(service)
        with translated(f"{service} {operation}"):
            return getattr(client, operation)(**arguments)

    def each(self, service: str, operation: str, member: str, **arguments: Any) -> Iterator[Any]:
        """The items called ``member`` of all pages of an operation. Raises as `ask` does."""
        client = self.client(service)
        with translated(f"{service} {operation}"):
            for page in client.get_paginator(operation).paginate(**arguments):
                yield from page.get(member) or ()


def account_of(stack: HostingStack) -> Aws:
    """The account and region a stack goes to.

    Raises:
        StackError: No region is known.
    """
    region = stack.config.region
    if region is None:
        raise StackError("No AWS region is known.", "Set aws:region in the stack file, or AWS_REGION.")
    return Aws(region)


@contextlib.contextmanager
def translated(asked: str) -> Iterator[None]:
    """Turn botocore's errors into ours; ``asked`` says what the request was."""
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        answer = error.response.get("Error", {})
        raise _refusal(asked, answer.get("Code", ""), answer.get("Message", "")) from None
    except (exceptions.SSOTokenLoadError, exceptions.UnauthorizedSSOTokenError, exceptions.TokenRetrievalError):
        raise AccessExpiredError("The AWS SSO session is over, or was never begun.", _LOG_IN) from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError):
        raise AccessError("There are no usable AWS credentials.", _LOG_IN) from None
    except exceptions.ProfileNotFound as error:
        raise AccessError(f"{error}.".replace("..", "."), "Correct AWS_PROFILE, or unset it.") from None
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        what = f"AWS did not answer {asked} ({type(error).__name__})."
        raise AwsError(what, "Check the network, the proxy settings and the region.") from None
    except exceptions.BotoCoreError as error:
        raise AwsError(
            f"{asked} could not be asked ({type(error).__name__}).", "Check the AWS configuration."
        ) from None
    except RuntimeError as error:
        # All that botocore says when what it has just read again, as AWS_CREDENTIAL_EXPIRATION, is over already.
        if "still expired" not in str(error):
            raise
        raise AccessExpiredError("The AWS credentials are over.", _LOG_IN) from None


def _refusal(asked: str, code: str, message: str) -> AccessError | AwsError:
    if code in _EXPIRED:
        return AccessExpiredError(f"The AWS session is over: {asked} was refused with {code}.", _LOG_IN)
    if code in _REFUSED:
        return AccessError(f"AWS does not know these credentials: {asked} was refused with {code}.", _LOG_IN)
    said = f"{code}: {message}".removesuffix(": ").removesuffix(".")
    remedy = "Ask for the permission it names." if "Denied" in code or "Unauthorized" in code else "Try again later."
    return AwsError(f"AWS refused {asked} with {said}.", remedy, code=code)
