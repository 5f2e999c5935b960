"""The one way to report an error to a person."""

from __future__ import annotations


class Fault(Exception):
    """Something a person must mend: what happened and where, and what to do about it.

    The command line prints ``str(fault)`` on standard error and ends with exit code 1; a stack trace
    appears only with ``--debug``. The words must never hold personal data.
    """

    def __init__(self, what: str, mend: str) -> None:
        self.what = what.rstrip(". ")
        self.mend = mend.rstrip(". ")
        super().__init__(f"{self.what}: {self.mend}.")


class LastingFault(Fault):
    """A fault that is there until a person has mended it: exit code 3, after which no task is tried again."""
