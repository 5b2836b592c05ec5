"""The plugin's entry: ``python -m langsmith_sandbox.providers.kubernetes ENGINE_ADDRESS``."""

from __future__ import annotations

from langsmith_sandbox.providers.kubernetes.provider import KubernetesProvider
from langsmith_sandbox.providers.plugin import serve

if __name__ == "__main__":
    serve(KubernetesProvider())
