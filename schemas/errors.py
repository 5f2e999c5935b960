"""Errors with a message for the user. Their class decides the exit code. Messages never contain personal data."""

from __future__ import annotations


class UserError(Exception):
    """An error that the user can fix: what happened and where, and what to do.

    The command line prints ``str(error)`` on standard error and ends with ``exit_code``; a stack trace appears only
    with ``--debug``.
    """

    exit_code = 1

    def __init__(self, what: str, remedy: str) -> None:
        """Takes two parts of one sentence: what happened and where, and what to do."""
        self.what = what.rstrip(". ")
        self.remedy = remedy.rstrip(". ")
        super().__init__(f"{self.what}: {self.remedy}.")


class PermanentError(UserError):
    """An error that a retry cannot fix, so that a scheduler does not try the same work again."""

    exit_code = 3


class DataFileError(PermanentError):
    """A file of ``schemas/`` or ``SIANG_CONFIG`` is wrong: its name, the line (from 1), the field and the problem."""

    def __init__(self, file: str, line: int, problem: str, field: str = "") -> None:
        self.file, self.line, self.field, self.problem = file, line, field, problem.rstrip(". ")
        place = f"{file}, line {line}{f', {field}' if field else ''}"
        super().__init__(place, self.problem)


class ContractError(DataFileError):
    """The contract of a source is wrong; other sources are not affected."""
