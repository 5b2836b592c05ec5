"""Requests to registries: logged in when a registry asks for it, repeated through trouble that passes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx2

from langsmith_client.registry.answers import is_passing, unreachable
from langsmith_client.registry.challenge import authorization, read_challenge
from langsmith_control_plane.tls import trust
from langsmith_control_plane.wire import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from langsmith_client.image_reference import Repository
    from langsmith_client.registry.logins import Logins

TRIES = 4
"""Requests that are made before trouble counts as lasting."""
TIMEOUT = 60.0
"""Seconds for each read and write of a connection."""
_FIRST_PAUSE = 0.5  # seconds, doubled at each try
_LONGEST_PAUSE = 20.0  # seconds, also the bound on a server's Retry-After


class Connection:
    """Connections to all registries of one command; may be used from several threads.

    Args:
        logins: Credentials by registry.
        transport: Replaces the network, for tests.
        sleep: Waits between tries; seconds.
        tries: Requests that are made before trouble counts as lasting.
        timeout: Seconds for each read and write of a connection.
    """

    def __init__(
        self,
        logins: Logins,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        tries: int = TRIES,
        timeout: float = TIMEOUT,
    ) -> None:
        self._logins = logins
        self._tries = tries
        self._http = httpx2.Client(transport=transport, timeout=timeout, follow_redirects=True, verify=trust())
        self._sleep = sleep
        self._authorizations: dict[tuple[str, tuple[str, ...]], str] = {}
        self._services: dict[str, str] = {}

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def service(self, host: str) -> str:
        """What a registry called itself when it last asked for a login; empty if it never did."""
        return self._services.get(host, "")

    def pause(self, attempt: int, answer: httpx2.Response | None = None) -> None:
        """Wait before the try after `attempt` (from 0), as long as `answer` asks for within bounds."""
        try:
            asked = float(answer.headers["Retry-After"]) if answer is not None else 0.0
        except (KeyError, ValueError):
            asked = 0.0
        self._sleep(min(asked or _FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))

    def send(
        self,
        method: str,
        repository: Repository,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        scopes: tuple[str, ...] = (),
    ) -> httpx2.Response:
        """One request below the repository's address, repeated while its trouble may pass.

        `scopes` are rights needed beyond those to the repository itself.

        Raises:
            RegistryError: There was no answer, also at the last try.
        """
        url = httpx2.URL(f"{repository.base_url}/{path}", params=params)
        for attempt in range(self._tries):
            last = attempt == self._tries - 1
            answer = None
            try:
                answer = self.once(method, repository, url, headers=headers, content=content, scopes=scopes)
            except NO_ANSWER as error:
                if last:
                    raise unreachable(repository, error) from None
            if answer is not None and (last or not is_passing(answer.status_code)):
                return answer
            self.pause(attempt, answer)
        raise AssertionError("the last try returns or raises")

    def once(
        self,
        method: str,
        repository: Repository,
        url: httpx2.URL,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | Callable[[], Iterable[bytes]] | None = None,
        scopes: tuple[str, ...] = (),
    ) -> httpx2.Response:
        """One request to `url`, and once more when the registry first wants to know who asks.

        A `content` that is a function is called for each of the two: it opens the body from its start.

        Raises:
            httpx2.RequestError: As the network has it.
            RegistryAccessError: The credentials are refused.
        """
        sent = dict(headers or {})

        def send() -> httpx2.Response:
            body: Any = content() if callable(content) else content
            return self._http.request(method, url, headers=sent, content=body)

        # A registry may hand uploads to a storage host with a signed address, which must not see our credentials.
        if url.host != httpx2.URL(repository.base_url).host:
            return send()
        if known := self._authorizations.get((str(repository), scopes)):
            sent["Authorization"] = known
        answer = send()
        if answer.status_code != 401 or "WWW-Authenticate" not in answer.headers:
            return answer
        fresh = self._authorization(repository, answer.headers["WWW-Authenticate"], scopes)
        if fresh is None:
            return answer
        self._authorizations[str(repository), scopes] = sent["Authorization"] = fresh
        return send()

    def _authorization(self, repository: Repository, text: str, scopes: tuple[str, ...]) -> str | None:
        challenge = read_challenge(text)
        self._services[repository.host] = challenge.service
        login = self._logins.login(repository.host, challenge.service)
        # An anonymous visitor who asks to push gets no token at all, even for reading.
        wanted = (f"repository:{repository.path}:pull,push", *scopes) if login else scopes
        return authorization(challenge, login, wanted, http=self._http, host=repository.host)
