"""The plugin's entry: ``python -m langsmith_sandbox.providers.kubernetes ENGINE_ADDRESS``."""

from __future__ import annotations

import logging

from langsmith_sandbox.providers.kubernetes.provider import KubernetesProvider
from langsmith_sandbox.providers.plugin import serve

if __name__ == "__main__":
    # Whatever is logged ends up on the user's console, and a connection that is tried again is no news.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    serve(KubernetesProvider())
