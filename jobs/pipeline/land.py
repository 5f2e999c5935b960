"""land: landing folder → archive. Every file once, by its content; landing itself is only read.

Paths are masked where they are told: whoever named a file may have named a citizen.
"""

from __future__ import annotations

import fnmatch
import logging
from pathlib import Path

from jobs.sources import valid_contracts
from jobs.sources.landing_folder import default_folder, folders_without_contract
from lake import archive, files
from lake.settings import settings
from nlp.mask.quoted import masked
from schemas.contracts import Contract
from schemas.errors import UserError

log = logging.getLogger(__name__)


def run(source_id: str | None = None) -> dict[str, int]:
    """Archives what is new in the landing folder.

    Counts: files (looked at), new (contents never seen), known (seen before), skipped (names that the
    contract does not take, or files that were being written).

    Raises UserError where a landing folder that was set is not there.
    """
    counts = {"files": 0, "new": 0, "known": 0, "skipped": 0}
    landing = settings().landing
    if "://" not in landing and not Path(landing).is_dir() and landing != str(default_folder()):
        raise UserError(f"there is no landing folder {landing}", "mend SIANG_LANDING, or make the folder")
    if source_id is None:
        valid_contracts.log_invalid()
    for contract in valid_contracts.contracts_of(source_id):
        _land_source(contract, counts)
    for folder in folders_without_contract() if source_id is None else []:
        log.info(f"{masked(folder)}: left out, no contract in schemas/sources has this name")
    return counts


def _land_source(contract: Contract, counts: dict[str, int]) -> None:
    looked_at = {s.name.split("_")[0] for s in archive.observations(contract.source_id)}
    found = list(files.list_files(f"{settings().landing}/{contract.source_id}"))
    new = 0
    for facts in found:
        counts["files"] += 1
        if not fnmatch.fnmatch(facts.path.rsplit("/", 1)[-1], contract.files):
            log.info(
                f"{contract.source_id}: {masked(facts.path)} is left out, its name does not match {contract.files}"
            )
            counts["skipped"] += 1
        elif archive.key_of(facts, contract) in looked_at:
            counts["known"] += 1
        else:
            try:
                _, is_new = archive.store(facts, contract)
            except (archive.ChangedWhileRead, FileNotFoundError):
                log.info(f"{contract.source_id}: {masked(facts.path)} is being written, the next run takes it")
                counts["skipped"] += 1
                continue
            counts["new" if is_new else "known"] += 1
            new += is_new
    log.info(f"{contract.source_id}: {len(found)} files, {new} new")
