"""The engine's gRPC protocol: the SDK's generated modules, without the SDK.

Importing ``pulumi`` takes longer than all that a plugin computes in most runs, and every run starts four of them. The
generated modules need nothing of it: they import each other relatively, and so work as a package of any name.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from pulumi.runtime import proto as messages
    from pulumi.runtime.proto import language_pb2_grpc, provider_pb2_grpc, status_pb2

_NAME = "pulumi.runtime.proto"
_MOST_BYTES = 400 * 1024 * 1024

CHANNEL_OPTIONS = [
    # As the SDK has it: a resource's state may be large, and a call may have to wait for many others.
    ("grpc.max_receive_message_length", _MOST_BYTES),
    ("grpc.server_max_unrequested_time_in_server", 30 * 60),
]


def _generated() -> ModuleType:
    """The package of generated modules: the SDK's, if it is imported already."""
    if _NAME in sys.modules:
        return sys.modules[_NAME]
    sdk = importlib.util.find_spec("pulumi")
    if sdk is None or not sdk.submodule_search_locations:
        raise ImportError("pulumi is not installed")
    folder = Path(sdk.submodule_search_locations[0], "runtime", "proto")
    spec = importlib.util.spec_from_file_location(
        f"{__package__}.generated", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} is no package")
    package = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = package
    spec.loader.exec_module(package)
    return package


if not TYPE_CHECKING:
    messages = _generated()
    language_pb2_grpc, provider_pb2_grpc, status_pb2 = (
        importlib.import_module(f"{messages.__name__}.{name}")
        for name in ("language_pb2_grpc", "provider_pb2_grpc", "status_pb2")
    )
