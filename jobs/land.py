"""land: landing folder → archive. Every file once, by its content; landing itself is only read.

Paths are masked where they are told: whoever named a file may have named a citizen.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from pathlib import Path

from jobs import known_contracts
from jobs.masked import masked
from lake import archive, files
from lake.faults import Fault, LastingFault
from lake.settings import settings
from schemas.contracts import Contract, contracts, wrong_contracts
from schemas.laos import SYNTHETIC_LIST


def chosen(source_id: str | None) -> Iterable[Contract]:
    """The contract of one source, or all that are sound. Raises Fault where it is wrong, or none has that name."""
    known = contracts()
    if source_id is None:
        return known.values()
    if source_id in wrong_contracts():
        raise LastingFault(f"the contract is wrong: {wrong_contracts()[source_id]}", "mend it; other sources go on")
    if source_id not in known:
        raise Fault(f"there is no source {source_id}", f"choose one of {', '.join(known)}")
    return [known[source_id]]


def fill_landing(say: Callable[[str], None]) -> None:
    """Puts samples into the landing folder, where it is the default one and holds nothing."""
    landing = _default()
    if settings().landing == str(landing) and not any(landing.glob("*")):
        from samples.generate import generate

        generate(landing)
        say(f"Samples were made in {landing}; SIANG_LANDING points at exports of your own.")


def _default() -> Path:
    return settings().home / "landing"


def reads_samples() -> bool:
    """Whether the landing folder is that of the samples, of which their list of LAOs tells.

    Samples lie in the landing folder only where nobody set another.
    """
    return settings().landing == str(_default()) and files.exists(f"{_default()}/{SYNTHETIC_LIST}")


def run(say: Callable[[str], None], source_id: str | None = None) -> dict[str, int]:
    """Archives what is new in the landing folder.

    Counts: files (looked at), new (contents never seen), known (seen before), skipped (names that the
    contract does not take, or files that were being written).

    Raises Fault where a landing folder that was set is not there.
    """
    counts = {"files": 0, "new": 0, "known": 0, "skipped": 0}
    landing = settings().landing
    if "://" not in landing and not Path(landing).is_dir() and landing != str(_default()):
        raise Fault(f"there is no landing folder {landing}", "mend SIANG_LANDING, or make the folder")
    if source_id is None:
        known_contracts.tell_wrong(say)
    for contract in chosen(source_id):
        _land_source(contract, say, counts)
    for folder in uncontracted() if source_id is None else []:
        say(f"{masked(folder)}: left out, no contract in schemas/sources has this name")
    return counts


def _land_source(contract: Contract, say: Callable[[str], None], counts: dict[str, int]) -> None:
    looked_at = {s.name.split("_")[0] for s in archive.sightings(contract.source_id)}
    found = list(files.list_files(f"{settings().landing}/{contract.source_id}"))
    new = 0
    for facts in found:
        counts["files"] += 1
        if not fnmatch.fnmatch(facts.path.rsplit("/", 1)[-1], contract.files):
            say(f"{contract.source_id}: {masked(facts.path)} is left out, its name does not match {contract.files}")
            counts["skipped"] += 1
        elif archive.key_of(facts, contract) in looked_at:
            counts["known"] += 1
        else:
            try:
                _, is_new = archive.keep(facts, contract)
            except (archive.ChangedWhileRead, FileNotFoundError):
                say(f"{contract.source_id}: {masked(facts.path)} is being written, the next run takes it")
                counts["skipped"] += 1
                continue
            counts["new" if is_new else "known"] += 1
            new += is_new
    say(f"{contract.source_id}: {len(found)} files, {new} new")


def uncontracted() -> list[str]:
    """Folders of the landing folder that no contract speaks of; the samples keep their list of LAOs in one."""
    paths = {facts.path for facts in files.list_files(settings().landing) if "/" in facts.path} - {SYNTHETIC_LIST}
    return sorted({path.split("/", 1)[0] for path in paths} - set(contracts()) - set(wrong_contracts()))
