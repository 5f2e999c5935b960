"""Contracts as a run meets them: those that are wrong are told, and the last sound one of each source is kept.

What came in by a contract is still understood while somebody breaks it: which provinces the source speaks for, how
its ids are made, how its files are written. Nothing new is read by it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress

from pydantic import ValidationError

from lake import files
from lake.settings import settings
from schemas.contracts import Contract, contracts, wrong_contracts
from schemas.errors import PermanentError, UserError

log = logging.getLogger(__name__)


def _address(source_id: str) -> str:
    return f"{settings().archive}/{source_id}/contract.json"


def contracts_of(source_id: str | None) -> Iterable[Contract]:
    """The contract of one source, or all that are sound. Raises UserError where it is wrong, or none has that name."""
    known = contracts()
    if source_id is None:
        return known.values()
    if source_id in wrong_contracts():
        raise PermanentError(f"the contract is wrong: {wrong_contracts()[source_id]}", "mend it; other sources go on")
    if source_id not in known:
        raise UserError(f"there is no source {source_id}", f"choose one of {', '.join(known)}")
    return [known[source_id]]


def log_invalid() -> None:
    """Says which contracts are wrong and why."""
    for sentence in wrong_contracts().values():
        log.warning(f"a contract is wrong, and what its source sends waits: {sentence}")


def store_contracts(source_ids: Iterable[str]) -> None:
    """Keeps the contracts of sources that have an archive, where they have changed; those given are all sound."""
    for source_id in sorted(set(source_ids)):
        written = contracts()[source_id].model_dump_json(by_alias=True, exclude_defaults=True).encode()
        address = _address(source_id)
        if not files.exists(address) or files.read_bytes(address) != written:
            files.write_bytes(address, written)


def last_valid() -> dict[str, Contract]:
    """The contracts by source; of one that is wrong now, the last that was sound, where there is one."""
    found = dict(contracts())
    for source_id in wrong_contracts():
        if files.exists(_address(source_id)):
            with suppress(ValidationError):  # kept by a version that knew other fields
                found[source_id] = Contract.model_validate_json(files.read_bytes(_address(source_id)))
    return dict(sorted(found.items()))
