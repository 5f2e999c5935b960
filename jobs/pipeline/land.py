"""land: landing folder → archive. Each file is archived once, by its content; the landing folder is only read.

Paths are masked in messages, because the name of a file may contain the name of a citizen.
"""

from __future__ import annotations

import fnmatch
import logging
from pathlib import Path

from jobs.sources import valid_contracts
from jobs.sources.landing_folder import default_folder, folders_without_contract
from lake import archive, files
from lake.settings import settings
from nlp.mask.values import mask_value
from schemas.contracts import Contract
from schemas.errors import UserError

log = logging.getLogger(__name__)


def run(source_id: str | None = None) -> dict[str, int]:
    """Archives new files of the landing folder, of one source or of all.

    Counts: files (in the folder), new (with new content), known (already archived), skipped (names that do not match
    the contract, or files that were being written).

    Raises UserError where the landing folder that was set does not exist.
    """
    counts = {"files": 0, "new": 0, "known": 0, "skipped": 0}
    landing = settings().landing
    if "://" not in landing and not Path(landing).is_dir() and landing != str(default_folder()):
        raise UserError(f"there is no landing folder {landing}", "correct SIANG_LANDING, or create the folder")
    if source_id is None:
        valid_contracts.log_invalid()
    for contract in valid_contracts.contracts_of(source_id):
        _land_source(contract, counts)
    for folder in folders_without_contract() if source_id is None else []:
        log.info(f"{mask_value(folder)}: skipped, no contract in schemas/sources has this name")
    return counts


def _land_source(contract: Contract, counts: dict[str, int]) -> None:
    archived_keys = {one.name.split("_")[0] for one in archive.observations(contract.source_id)}
    listed = list(files.list_files(f"{settings().landing}/{contract.source_id}"))
    new = 0
    for facts in listed:
        counts["files"] += 1
        if not fnmatch.fnmatch(facts.path.rsplit("/", 1)[-1], contract.files):
            log.info(
                f"{contract.source_id}: {mask_value(facts.path)} is skipped, its name does not match {contract.files}"
            )
            counts["skipped"] += 1
        elif archive.observation_key(facts, contract) in archived_keys:
            counts["known"] += 1
        else:
            try:
                _, is_new = archive.store(facts, contract)
            except (archive.ChangedWhileReadError, FileNotFoundError):
                log.info(
                    f"{contract.source_id}: {mask_value(facts.path)} is being written, the next run will archive it"
                )
                counts["skipped"] += 1
                continue
            counts["new" if is_new else "known"] += 1
            new += is_new
    log.info(f"{contract.source_id}: {len(listed)} files, {new} new")
