"""What pages say exists: commands with their options, modules, targets, files, settings, tables, links."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jobs.pipeline.steps import STEPS
from lake.settings import PROJECT, Settings
from schemas.tables import tables

DOCS = PROJECT / "docs"
MAX_README_LINES = 120
FENCE = re.compile(r"^( *)```.*?\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
FOLDERS = ("benchmarks", "dags", "docs", "expectations", "jobs", "lake", "nlp", "notebooks", "samples", "schemas",
           "setup", "tests")  # fmt: skip
LAYERS = "bronze|gold|ops|reference|silver"


def _load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _load_generator()
GENERATED: dict[str, str] = {f"docs/{path}": text for path, text in generate.pages().items()}
WRITTEN: dict[str, str] = {
    path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8")
    for path in [
        *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
        *sorted(DOCS.rglob("*.md")),
        *sorted((PROJECT / ".github").rglob("*.*")),
    ]
}
PAGES = WRITTEN | {path: text for path, text in GENERATED.items() if path != "docs/changelog.md"}
COMMANDS: dict[tuple[str, ...], Any] = generate.commands()
each_page = pytest.mark.parametrize("page", PAGES)


def code_of(text: str) -> Iterator[str]:
    """The lines of code blocks, and the inline code."""
    for block in FENCE.finditer(text):
        yield from block[2].splitlines()
    yield from inline_code_of(text)


def inline_code_of(text: str) -> list[str]:
    return INLINE.findall(FENCE.sub("", text))


def siang_commands(line: str) -> Iterator[list[str]]:
    """The words after `siang` of each command that a line of a shell calls."""
    if "siang " not in line:
        return
    lexer = shlex.shlex(line.replace("…", "X"), posix=True, punctuation_chars="|;&()")
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:  # a line of data that is no shell
        return
    words: list[str] = []
    for token in [*tokens, ";"]:
        if token and set(token) <= set("|;&()"):
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                words.pop(0)
            if words and words[0].removeprefix(".venv/bin/") == "siang":
                yield words[1:]
            words = []
        else:
            words.append(token)


def fault_of(words: list[str]) -> str | None:
    """What is wrong with the words of a command; None if nothing is."""
    if not words or not re.fullmatch("[a-z-]+", words[0]):  # a placeholder such as COMMAND
        return None
    name = next((tuple(words[:size]) for size in (2, 1) if tuple(words[:size]) in COMMANDS), None)
    if name is None:
        return f"there is no command siang {words[0]}"
    command = COMMANDS[name]
    options = {opt: one for one in command.params for opt in (*one.opts, *one.secondary_opts) if opt.startswith("-")}
    arguments = [one for one in command.params if not one.opts[0].startswith("-")]
    given, rest = 0, iter(words[len(name) :])
    for word in rest:
        if word.startswith("["):
            continue
        option, is_joined, _ = word.partition("=")
        if option in ("--help", "--debug"):
            continue
        if option.startswith("--"):
            if option not in options:
                return f"siang {' '.join(name)} has no option {option}"
            if not getattr(options[option], "is_flag", False) and not is_joined:
                next(rest, None)
            continue
        given += 1
    if getattr(command, "commands", None):
        return f"siang {name[0]} has no command {words[1]}" if given and words[1].islower() else None
    return f"siang {' '.join(name)} takes {len(arguments)} arguments" if given > len(arguments) else None


@each_page
def test_each_command_on_a_page_exists_with_its_options(page: str):
    called = [words for line in code_of(PAGES[page]) for words in siang_commands(line)]
    faults = [(words, fault) for words in called if (fault := fault_of(words))]
    assert not faults


@pytest.mark.parametrize(
    ("line", "has_fault"),
    [
        ("siang refine", True),
        ("siang query --colour red 'SELECT 1'", True),
        ("siang source paint", True),
        ("siang retain now", True),
        ("A=1 .venv/bin/siang source check a.yaml b.csv --rows 2 | cat", False),
        ("siang quarantine --state open; siang models back", False),
    ],
)
def test_a_wrong_command_is_found(line: str, has_fault: bool):
    called = list(siang_commands(line))
    assert called
    assert any(fault_of(words) for words in called) is has_fault


def test_the_file_and_the_contract_of_the_tutorial_give_what_it_says(tmp_path: Path):
    """Runs the commands of its parts 2 to 4, which need no Spark."""
    parts = re.split(r"^## (?=\d)", WRITTEN["docs/tutorial.md"], flags=re.MULTILINE)
    blocks = [block[2] for part in parts if part[0] in "234" for block in FENCE.finditer(part)]
    answer = _shell("\n".join(blocks), tmp_path)
    assert "[PHONE]" in answer and "950108" in answer and "081-234-5678" not in answer
    assert re.search(r"│ 11 +│ 0 +│ 10 +│ 10 +│", answer), "11 records, 10 of them usable"
    assert "It has no submitted_at" in answer


def test_the_text_of_the_how_to_is_masked(tmp_path: Path):
    page = WRITTEN["docs/how-to/improve-text-analysis.md"]
    [line] = [line for line in code_of(page) if line.startswith("echo ")]
    assert "[PHONE]" in _shell(line, tmp_path)


def _shell(script: str, home: Path) -> str:
    """What a script prints; `siang` is that of this checkout."""
    called = f'siang() {{ "{sys.executable}" -m jobs.cli.main "$@"; }}'
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIANG_")}
    run = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", f"{called}\n{script}"],
        cwd=PROJECT, env=kept | {"HOME": str(home)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_each_command_has_a_sentence():
    assert [name for name, command in COMMANDS.items() if not command.help] == []


@each_page
def test_each_module_on_a_page_exists(page: str):
    called = set(re.findall(r"python -m ([\w.]+)", PAGES[page]))
    called |= {code for code in inline_code_of(PAGES[page]) if re.fullmatch(r"(benchmarks|tests)\.[\w.]+", code)}
    assert [name for name in called if not _is_runnable(name)] == []


def _is_runnable(module: str) -> bool:
    path = PROJECT / module.replace(".", "/")
    if path.parts[len(PROJECT.parts)] in FOLDERS:
        return path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
    return importlib.util.find_spec(module) is not None


@each_page
def test_each_make_target_on_a_page_exists(page: str):
    targets = set(re.findall(r"^([a-z0-9-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = {
        found[1] for line in code_of(PAGES[page]) if (found := re.search(r"(?:^|\s)make ([a-z][a-z0-9-]*)", line))
    }
    assert called <= targets


@each_page
def test_each_path_of_the_project_on_a_page_exists(page: str):
    named = {code for code in inline_code_of(PAGES[page]) if re.fullmatch(rf"({'|'.join(FOLDERS)})/[\w./*-]*", code)}
    assert [path for path in sorted(named) if not list(PROJECT.glob(path.rstrip("/")))] == []


@each_page
def test_each_name_that_a_page_looks_for_in_a_file_is_there(page: str):
    named = re.findall(r"`(\w+)` (?:in|of) `([\w/]+\.(?:py|toml|yaml))`", PAGES[page])
    assert [one for one in named if one[0] not in (PROJECT / one[1]).read_text(encoding="utf-8")] == []


@each_page
def test_each_setting_on_a_page_exists(page: str):
    known = {f"SIANG_{name.upper()}" for name in Settings.model_fields}
    known |= {name for names in generate.OTHER_VARIABLES for name in names.split(", ")}
    assert set(re.findall(r"SIANG_[A-Z0-9_]+", PAGES[page])) <= known


def test_each_setting_has_a_description():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("names", generate.OTHER_VARIABLES)
def test_each_variable_of_other_programs_is_used(names: str):
    code = [path for folder in ("dags", "jobs", "lake") for path in (PROJECT / folder).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in code)
    assert any(name in text for name in names.split(", "))


@each_page
def test_each_table_on_a_page_exists(page: str):
    named = {code for code in inline_code_of(PAGES[page]) if re.fullmatch(rf"({LAYERS})\.[a-z_]+", code)}
    assert named <= set(tables())


@each_page
def test_each_link_on_a_page_leads_somewhere(page: str):
    assert [link for link in LINK.findall(FENCE.sub("", PAGES[page])) if not _leads_somewhere(page, link)] == []


def _leads_somewhere(page: str, link: str) -> bool:
    if re.match(r"https?://|mailto:", link):
        return True
    target, _, anchor = link.partition("#")
    path = (PROJECT / page).parent.joinpath(target).resolve() if target else PROJECT / page
    name = path.relative_to(PROJECT).as_posix()
    text = PAGES.get(name) or GENERATED.get(name)
    if anchor:
        return text is not None and anchor in map(_slug, HEADING.findall(FENCE.sub("", text)))
    return text is not None or path.exists()


def _slug(heading: str) -> str:
    """The anchor of a heading, as MkDocs makes it."""
    plain = unicodedata.normalize("NFKD", heading.replace("`", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def test_the_changelog_has_the_version_and_a_place_for_the_next():
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.findall(r"^## \[([^\]]+)\]", text, re.MULTILINE)[:2] == ["Unreleased", version]


def test_the_readme_is_one_page():
    assert len(WRITTEN["README.md"].splitlines()) <= MAX_README_LINES


def test_the_pages_name_every_dag():
    page = GENERATED["docs/reference/steps.md"]
    found = [
        keyword.value.value
        for path in sorted((PROJECT / "dags").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "dag_id" and isinstance(keyword.value, ast.Constant)
    ]
    assert found
    named = set(re.findall(r"^\| `([\w<>]+)` \| [^`]", page, re.MULTILINE))
    assert named == {*found, "land_<source_id>"}


def test_the_pictures_show_every_step_and_every_folder_of_the_layers():
    way = (DOCS / "assets" / "way-of-a-concern.svg").read_text(encoding="utf-8")
    assert [step.name for step in STEPS if f">{step.name}<" not in way] == ["reference"]  # a table there, reference.*
    folders = (DOCS / "assets" / "folders.svg").read_text(encoding="utf-8")
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(
        one["layers"] for one in settings["tool"]["importlinter"]["contracts"] if one.get("containers") == ["jobs"]
    )
    assert re.findall(r'font-size="13\.5" [^>]*>(\w+)<', folders) == layers


def test_each_page_is_in_the_navigation():
    listed = set(re.findall(r"[\w/-]+\.md$", (PROJECT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} | set(generate.pages())
    assert listed == pages


def test_the_site_is_built_without_a_warning_and_asks_no_network(tmp_path: Path):
    for package in ("mkdocs", "material", "mkdocstrings"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed; `make docs` installs it")
    build = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert build.returncode == 0, build.stdout + build.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert (tmp_path / "index.html") in pages
    loads = re.compile(r"""<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)=["']?(?:https?:)?//""")
    assert [page.name for page in pages if loads.search(page.read_text(encoding="utf-8"))] == []
