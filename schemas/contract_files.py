"""The contract files of sources, ``schemas/sources/*.yaml``: reads and checks them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from schemas.config_folder import BUILT_IN, contract_files, contract_folders
from schemas.contracts import DETECT, Contract
from schemas.errors import ContractError
from schemas.yaml_file import read_yaml

FOLDER = BUILT_IN / "sources"


def read_contract(path: Path) -> Contract:
    """Reads and checks one contract. Raises ContractError with the file, the line and the field of the first fault."""
    file = read_yaml(path, Contract, error_class=ContractError)
    contract = file.content
    try:
        "".encode("utf-8" if contract.encoding == DETECT else contract.encoding)
    except LookupError:
        raise file.error(f"Python does not know the encoding {contract.encoding}", "encoding") from None
    if contract.source_id != path.stem:
        raise file.error(f"must be {path.stem}, the name of the file", "source_id")
    return contract


@cache
def _read_folders(folders: tuple[Path, ...]) -> tuple[dict[str, Contract], dict[str, ContractError]]:
    """The valid contracts, and the errors of the others, both by source; folders are listed once in a process."""
    valid: dict[str, Contract] = {}
    wrong: dict[str, ContractError] = {}
    for source_id, path in contract_files(folders).items():
        try:
            valid[source_id] = read_contract(path)
        except ContractError as error:
            wrong[source_id] = error
    return valid, wrong


def _read(folder: Path | None) -> tuple[dict[str, Contract], dict[str, ContractError]]:
    return _read_folders(contract_folders() if folder is None else (folder,))


def contracts(folder: Path | None = None) -> dict[str, Contract]:
    """The contracts by source: those of a folder, else the built-in ones and those of ``SIANG_CONFIG``.

    Wrong ones are left out, so that they stop no other source.
    """
    return _read(folder)[0]


def wrong_contracts(folder: Path | None = None) -> dict[str, ContractError]:
    """The errors of wrong contracts by source (the name of the file without its suffix)."""
    return _read(folder)[1]
