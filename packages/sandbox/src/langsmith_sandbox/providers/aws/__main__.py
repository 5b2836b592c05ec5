"""``python -m langsmith_sandbox.providers.aws``: the engine starts it as ``pulumi-resource-aws``."""

from __future__ import annotations

from langsmith_sandbox.providers.aws.provider import AwsProvider
from langsmith_sandbox.providers.plugin import serve

if __name__ == "__main__":
    serve(AwsProvider())
