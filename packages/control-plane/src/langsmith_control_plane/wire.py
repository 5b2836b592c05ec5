"""What a request can end with in place of an answer."""

from __future__ import annotations

import httpx2

NO_ANSWER = (httpx2.RequestError, httpx2.InvalidURL, OverflowError, UnicodeError)
"""Nobody there, a broken connection, endless redirects, an impossible address. The last two leave the standard library
as they are: a port beyond 65535, and a host name with a label that is empty or over 63 characters."""
