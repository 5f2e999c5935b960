"""Contracts that can be used: invalid ones are logged, and the last valid one of each source is kept.

While a contract is invalid, its last valid version still says which provinces the source covers, how its ids are made
and how its files are written. No new files are read with it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress

from pydantic import ValidationError

from lake import files
from lake.settings import settings
from schemas.contract_files import contracts, wrong_contracts
from schemas.contracts import Contract
from schemas.errors import PermanentError, UserError

log = logging.getLogger(__name__)


def _address(source_id: str) -> str:
    return f"{settings().archive}/{source_id}/contract.json"


def contracts_of(source_id: str | None) -> Iterable[Contract]:
    """The contract of one source, or all valid ones for None.

    Raises PermanentError where the contract is invalid, UserError where no source has that name.
    """
    by_source = contracts()
    if source_id is None:
        return by_source.values()
    if source_id in wrong_contracts():
        raise PermanentError(f"the contract is wrong: {wrong_contracts()[source_id]}", "fix it; other sources continue")
    if source_id not in by_source:
        raise UserError(f"there is no source {source_id}", f"choose one of {', '.join(by_source)}")
    return [by_source[source_id]]


def log_invalid() -> None:
    """Logs a warning for each invalid contract."""
    for sentence in wrong_contracts().values():
        log.warning(f"A contract is wrong, and new files of its source wait until it is fixed: {sentence}")


def store_contracts(source_ids: Iterable[str]) -> None:
    """Stores the contracts of these sources in their archives where they have changed; all must be valid."""
    for source_id in sorted(set(source_ids)):
        content = contracts()[source_id].model_dump_json(by_alias=True, exclude_defaults=True).encode()
        address = _address(source_id)
        if not files.exists(address) or files.read_bytes(address) != content:
            files.write_bytes(address, content)


def last_valid() -> dict[str, Contract]:
    """The contracts by source; for an invalid one, its last valid version where there is one."""
    by_source = dict(contracts())
    for source_id in wrong_contracts():
        if files.exists(_address(source_id)):
            with suppress(ValidationError):  # stored by a version of Siang with other fields
                by_source[source_id] = Contract.model_validate_json(files.read_bytes(_address(source_id)))
    return dict(sorted(by_source.items()))
