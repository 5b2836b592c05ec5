"""What moto works out anew for every request though it never changes, worked out once."""

from __future__ import annotations

import functools

import moto.backends as moto_backends
import moto.core.responses as moto_responses
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores, method_names_from_class

method_name = functools.cache(camelcase_to_underscores)
"""The method of a handler that answers an operation."""


@functools.cache
def method_names(handler: type[BaseResponse]) -> frozenset[str]:
    """The methods of a handler, inherited ones included."""
    return frozenset(method_names_from_class(handler))


def remember() -> None:
    """Has moto look these up here: reading them from classes and folders takes it half of a request's time."""
    moto_responses.__dict__["camelcase_to_underscores"] = method_name
    moto_responses.__dict__["method_names_from_class"] = method_names
    modules = frozenset(moto_backends.list_of_moto_modules())
    moto_backends.__dict__["list_of_moto_modules"] = lambda: modules
