"""The contract files of sources, ``schemas/sources/*.yaml``: reads and checks them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from schemas.config_folder import contract_files
from schemas.contracts import DETECT, Contract
from schemas.errors import ContractError
from schemas.yaml_file import read_yaml

FOLDER = Path(__file__).parent / "sources"


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
def _read_files(paths: tuple[Path, ...]) -> tuple[dict[str, Contract], dict[str, ContractError]]:
    """The valid contracts, and the errors of the others, both by source."""
    valid: dict[str, Contract] = {}
    wrong: dict[str, ContractError] = {}
    for path in paths:
        try:
            valid[path.stem] = read_contract(path)
        except ContractError as error:
            wrong[path.stem] = error
    return valid, wrong


def _files(folder: Path | None) -> tuple[Path, ...]:
    return tuple(contract_files().values() if folder is None else sorted(folder.glob("[!.]*.yaml")))


def contracts(folder: Path | None = None) -> dict[str, Contract]:
    """The contracts by source: those of a folder, else the built-in ones and those of ``SIANG_CONFIG``.

    Wrong ones are left out, so that they stop no other source.
    """
    return _read_files(_files(folder))[0]


def wrong_contracts(folder: Path | None = None) -> dict[str, ContractError]:
    """The errors of wrong contracts by source (the name of the file without its suffix)."""
    return _read_files(_files(folder))[1]
