"""Errors that are meant for a person. Their class decides the exit code; their words never hold personal data."""

from __future__ import annotations


class UserError(Exception):
    """Something that a person has to mend: what happened and where, and what to do about it.

    The command line prints ``str(error)`` on standard error and ends with ``exit_code``; a stack trace appears only
    with ``--debug``.
    """

    exit_code = 1

    def __init__(self, what: str, mend: str) -> None:
        """Takes two parts of one sentence: what is wrong and where, and what to do."""
        self.what = what.rstrip(". ")
        self.mend = mend.rstrip(". ")
        super().__init__(f"{self.what}: {self.mend}.")


class PermanentError(UserError):
    """An error that stays until a person has mended it, so that no scheduler tries the same work again."""

    exit_code = 3


class DataFileError(PermanentError):
    """A file of ``schemas/`` or ``SIANG_CONFIG`` is wrong: its name, the line (from 1), what is wrong there."""

    def __init__(self, file: str, line: int, problem: str, field: str = "") -> None:
        self.file, self.line, self.field, self.problem = file, line, field, problem.rstrip(". ")
        place = f"{file}, line {line}{f', {field}' if field else ''}"
        super().__init__(place, self.problem)


class ContractError(DataFileError):
    """The contract of a source is wrong; the other sources go on."""
