"""What would keep `pulumi up` from ending well, looked for without changing anything."""

from __future__ import annotations

from langsmith_hybrid.operations.doctor.examination import examine, quick
from langsmith_hybrid.operations.doctor.findings import Finding, Findings, State

__all__ = ["Finding", "Findings", "State", "examine", "quick"]
