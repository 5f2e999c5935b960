"""The configuration of an organisation's own, ``SIANG_CONFIG``: a folder laid over the files of ``schemas/``.

It may hold ``sources/*.yaml``, ``topics.yaml``, ``labels.yaml``, ``civic_words.csv`` and ``topic_programmes.csv``, each
written and checked like the built-in one. What it names replaces the built-in entry of that name; the rest is added.
``lake.settings`` lists the variable. It is read here because ``schemas`` may not depend on the lake, and workers of
Spark and DAG files read it from their environment too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from schemas.errors import UserError

VARIABLE = "SIANG_CONFIG"
BUILT_IN = Path(__file__).parent
NAMES = ("sources", "topics.yaml", "labels.yaml", "civic_words.csv", "topic_programmes.csv")
"""What the folder may hold."""


def config_folder() -> Path | None:
    """The folder of ``SIANG_CONFIG``; None where it is not set. Raises UserError where there is no such folder."""
    value = os.environ.get(VARIABLE, "").strip()
    if not value:
        return None
    folder = Path(value).expanduser().resolve()
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}", f"correct {VARIABLE}, or unset it to use the built-in files")
    return folder


def own_file(name: str) -> Path | None:
    """The file of ``SIANG_CONFIG`` with a name of ``NAMES``; None where there is none."""
    folder = config_folder()
    return folder / name if folder is not None and (folder / name).is_file() else None


def contract_folders() -> tuple[Path, ...]:
    """The folders of contracts: the built-in one, then that of ``SIANG_CONFIG``."""
    folder = config_folder()
    return (BUILT_IN / "sources", *([folder / "sources"] if folder is not None else []))


def contract_files(folders: Iterable[Path]) -> dict[str, Path]:
    """The contract files of folders by source, which is the name of the file; later folders replace earlier ones."""
    found = {path.stem: path for folder in folders for path in folder.glob("[!.]*.yaml")}
    return dict(sorted(found.items()))


def unexpected_names() -> list[str]:
    """Names in ``SIANG_CONFIG`` that are not read, such as a misspelt one; hidden files and READMEs are passed over."""
    folder = config_folder()
    if folder is None:
        return []
    names = {path.name for path in folder.iterdir() if not path.name.startswith((".", "README"))}
    return sorted(names - set(NAMES))
