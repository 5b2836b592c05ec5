"""What can stop the program: one class, whose text becomes the Job's termination message."""

from __future__ import annotations


class JobError(Exception):
    """Something that must be seen to before agents can have their stores; holds no secret.

    Attributes:
        what: What happened, in one sentence; ``remedy`` is what to do about it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy
