"""What stands of a stack, and whether it works; looked at without changing anything."""

from langsmith_hybrid.operations.status.look import look

__all__ = ["look"]
