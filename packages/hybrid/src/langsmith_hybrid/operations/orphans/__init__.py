"""What stacks of this program left behind, and that no state manages any more."""

from langsmith_hybrid.operations.orphans.findings import Findings, Left, Unseen
from langsmith_hybrid.operations.orphans.search import search
from langsmith_hybrid.operations.orphans.whose import Whose

__all__ = ["Findings", "Left", "Unseen", "Whose", "search"]
