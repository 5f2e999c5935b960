"""Makes the reference pages from the code and from ``schemas/``; MkDocs runs it as a hook at each build.

A page that is made here is never written by hand, so it cannot say anything else than the code does.
"""

from __future__ import annotations

import csv
import html
import io
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.main import get_command

from jobs.cli.airflow import app as airflow_app
from jobs.cli.main import app
from jobs.extracts import dictionary
from jobs.pipeline.steps import AFTER_LANDING, LAND, STEPS
from jobs.sources.valid_contracts import contracts_of
from lake.settings import PROJECT, Settings
from schemas.contracts import Contract, FieldRule, Identity, VersionOrder
from schemas.tables import tables

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

LAYERS = {
    "bronze": "Raw records as they came, and the ledger of files. Restricted: read with `siang query --restricted`.",
    "silver": "Concerns, parsed and masked. For analysts.",
    "gold": "Figures: counts, trends, surges. For analysts; public extracts are made from them.",
    "reference": "Areas, LAOs, population, topics and planning programmes.",
    "ops": "What the pipeline writes about itself: runs, checks, progress, models.",
}
OTHER_VARIABLES = {
    "SIANG_ALERT_EMAIL": "addresses, separated by commas, that get a mail when a DAG task fails or warns; the "
    "mail server is Airflow's connection `smtp_default`",
    "SIANG_ALERT_WEBHOOK": "address that takes the same as JSON by POST",
    "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION": "credentials and region of an object store",
    "JAVA_HOME": "the JDK 17 or 21 that Spark runs on; else the one on the `PATH`",
    "PYSPARK_PYTHON": "on a cluster that you run: the Python of its workers",
}
"""Variables that are not settings of ``lake/settings.py``: Airflow's tasks, libraries and Java read them."""


def pages() -> dict[str, str]:
    """The pages that are made from the code, as Markdown by their path below ``docs/``."""
    return {
        "reference/commands.md": _commands_page(),
        "reference/settings.md": _settings_page(),
        "reference/steps.md": _steps_page(),
        "reference/sources.md": _sources_page(),
        "reference/contract.md": _contract_page(),
        "reference/tables/index.md": _tables_page(),
        **{f"reference/tables/{layer}.md": _layer_page(layer) for layer in LAYERS},
        "changelog.md": (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"),
    }


def commands() -> dict[tuple[str, ...], Any]:
    """Every command and group of `siang` by its words (``("source", "check")``), as Typer makes it."""
    root: Any = get_command(app)
    found: dict[tuple[str, ...], Any] = {}
    for name, command in {**root.commands, "airflow": get_command(airflow_app)}.items():
        found[(name,)] = command
        for inner, inner_command in getattr(command, "commands", {}).items():
            found[(name, inner)] = inner_command
    return found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages to those of the folder; MkDocs calls it."""
    from mkdocs.structure.files import File

    for path, content in pages().items():
        files.append(File.generated(config, path, content=content))
    return files


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", r"\|")


def _commands_page() -> str:
    found = commands()
    overview = [
        (f"[`siang {name}`](#siang-{name})", _short(command)) for (name, *inner), command in found.items() if not inner
    ]
    parts = [
        "# Commands",
        "Made from the code of `jobs/cli`. `siang` stands for `.venv/bin/siang`; `siang COMMAND --help` says the same. "
        "A command ends with exit code 0, with 1 and one sentence (what happened, where, what to do) if it failed, "
        "with 2 if it was called wrongly, and with 3 if a person has to fix something before another try can help. "
        "`--debug`, anywhere after `siang`, shows the stack trace.",
        _table(("command", "what it does"), overview),
    ]
    for words, command in found.items():
        parts += _command_section(words, command)
    return "\n\n".join(parts) + "\n"


def _short(command: Any) -> str:
    inner = [f"`{name}`" for name in getattr(command, "commands", {})]
    return command.help + (f" With {', '.join(inner)}." if inner else "")


def _command_section(words: tuple[str, ...], command: Any) -> Iterator[str]:
    name = " ".join(words)
    yield f"{'##' if len(words) == 1 else '###'} siang {name}"
    yield command.help or ""
    arguments = [one for one in command.params if not one.opts[0].startswith("-")]
    options = [one for one in command.params if one.opts[0].startswith("-")]
    usage = ["siang", *words]
    if getattr(command, "commands", None):
        usage.append("[COMMAND]" if options or command.invoke_without_command else "COMMAND")
    usage += [one.name.upper() if one.required else f"[{one.name.upper()}]" for one in arguments]
    usage += [
        one.opts[0] if _is_switch(one) else f"{one.opts[0]} {one.name.upper()}" for one in options if one.required
    ]
    if any(not one.required for one in options):
        usage.append("[OPTIONS]")
    yield f"```text\n{' '.join(usage)}\n```"
    rows = [(f"`{one.name.upper()}`", one.help or "", _default(one)) for one in arguments]
    rows += [(f"`{', '.join(one.opts)}`", one.help or "", _default(one)) for one in options]
    if rows:
        yield _table(("argument or option", "meaning", "default"), rows)


def _is_switch(option: Any) -> bool:
    return bool(getattr(option, "is_flag", False))


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    if _is_switch(parameter) or parameter.default in (None, "", ()):
        return ""
    return f"`{parameter.default}`"


def _settings_page() -> str:
    rows = [
        (f"`SIANG_{name.upper()}`", _setting_default(field), (field.description or "").replace("'' =", "not set:"))
        for name, field in Settings.model_fields.items()
    ]
    parts = [
        "# Settings",
        "Made from `lake/settings.py`, the one place where settings are read. All of them are environment variables. "
        "A root (`SIANG_LANDING`, `SIANG_LAKE`, `SIANG_RESTRICTED`, `SIANG_EXTRACTS`) is a folder or "
        "`s3a://bucket/prefix`.",
        _table(("variable", "default", "meaning"), rows),
        "## Variables of other programs",
        "Credentials are read from the environment only, never from a file of Siang.",
        _table(
            ("variable", "meaning"),
            [(f"`{names.replace(', ', '`, `')}`", text) for names, text in OTHER_VARIABLES.items()],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _setting_default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, Path):
        return f"`{value.relative_to(PROJECT)}` in the project"
    shown = "" if value is None else str(value)
    return f"`{shown}`" if shown else "not set"


def _steps_page() -> str:
    steps = [
        (str(number), f"`{step.name}`", f"`siang {step.command}`", step.summary) for number, step in enumerate(STEPS, 1)
    ]
    dags = [(f"`{dag}`", when, f"{', '.join(f'`{one}`' for one in runs)}", red) for dag, when, runs, red in _dags()]
    parts = [
        "# Steps and DAGs",
        "The steps are made from `jobs/pipeline/steps.py`, the single list of them. `siang run` and the DAG `pipeline` "
        "run them in this order. The code of each is the file of its name in `jobs/pipeline`. Each can be killed and "
        "run again; it goes on from what it last committed.",
        _table(("", "step", "command", "what it makes"), steps),
        "## DAGs",
        "Times are those of Asia/Bangkok. A task is the command that a person would type.",
        _table(("DAG", "runs", "commands", "when it is red"), dags),
        "A task that fails is tried twice more, after half a minute and a minute, unless its command ended with exit "
        "code 3: then a person has to fix something first. Tasks that write run in the pool `lake`, which has one "
        "slot. What alerts say and to whom: [Operate](../how-to/operate.md#alerts).",
    ]
    return "\n\n".join(parts) + "\n"


def _dags() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    clear = "read the last line of the task's log: it says what happened and what to do; each task is safe to clear"
    yield (
        "land_<source_id>", "by hand, or on the contract's `schedule`", (f"siang {LAND.command} --source <source_id>",),
        "the landing folder cannot be read, or the contract is wrong (the log names file and line): fix it and clear "
        "the task. Other sources go on",
    )  # fmt: skip
    yield (
        "pipeline", "whenever a landing DAG has ended", tuple(f"siang {step.command}" for step in AFTER_LANDING), clear,
    )  # fmt: skip
    yield (
        "training", "Sundays at 2:00; paused until you switch it on", ("siang train",),
        "fewer than 200 labelled texts: ingest a source that carries labels",
    )  # fmt: skip
    yield (
        "maintenance", "every night at 3:00", ("siang maintain", "siang check"),
        "a table breaks a suite of `expectations/`: the log names the expectation and the number of rows; "
        "`ops.checks` says since when",
    )  # fmt: skip
    yield "retention", "on the first day of a month at 4:00", ("siang retain",), "clear the task"
    yield (
        "backfill", "by hand, with the parameters `source`, `since` and `until`",
        ("siang backfill --source <source_id>",), "there is no such source: check the parameters",
    )  # fmt: skip


def _sources_page() -> str:
    rows = [
        (
            f"[`{one.source_id}`](#{one.source_id})",
            f"{one.title_th}<br>{one.title_en}",
            one.channel,
            f"{one.format}, `{one.files}`<br>{one.delivery}",
        )
        for one in contracts_of(None)
    ]
    parts = [
        "# Sources",
        "Made from the contracts in `schemas/sources/`. Each source has a folder of its name below the landing folder, "
        "and a DAG `land_<source>`. `siang source list` says which files came in and how fresh they are. Sources with "
        "the same id namespace are exports of one service: a ticket in both counts once. The samples have an export of "
        "each. To add one, see "
        "[Add a source](../how-to/add-a-source.md); every key of a contract is on [Contract](contract.md).",
        _table(("source", "title", "channel", "format, files, and what a file holds"), rows),
    ]
    for one in contracts_of(None):
        fields = [
            (f"`{target}`", " + ".join(f"`{place}`" for place in rule.source) or
             " or ".join(f"`{place}`" for place in rule.first_of), "yes" if rule.required else "")
            for target, rule in one.fields.items()
        ]  # fmt: skip
        statuses = [(html.escape(label), f"`{status}`") for label, status in one.statuses.items()]
        parts += [
            f"## {one.source_id}",
            f"{one.title_th} ({one.title_en}). Id namespace `{one.identity.id_namespace}`, id from "
            f"{', '.join(f'`{name}`' for name in one.identity.fields) or 'the place in the file'}; versions are "
            f"ordered by `{one.version_order.by}`. Encoding `{one.encoding}`, calendar `{one.calendar}`.",
            _table(("field", "read from", "required"), fields),
            *([_table(("status in the file", "status"), statuses)] if statuses else []),
        ]
    return "\n\n".join(parts) + "\n"


def _contract_page() -> str:
    models: dict[str, tuple[type[BaseModel], str]] = {
        "Keys of a contract": (Contract, "A contract is a file `<source_id>.yaml`."),
        "identity": (Identity, ""),
        "version_order": (VersionOrder, ""),
        "fields": (FieldRule, "`target: heading` is short for `target: {from: heading}`."),
    }
    parts = [
        "# Contract",
        "Made from `schemas/contracts.py`, which checks every contract when it is loaded. A wrong contract is named "
        "with file, line and key, and stops its own source only. The targets of `fields` are listed at the end.",
    ]
    for heading, (model, sentence) in models.items():
        text = " ".join(part for part in (_first_paragraph(model) if model is not Contract else "", sentence) if part)
        rows = [
            (f"`{field.alias or name}`", f"{_type_of(field)}{_contract_default(field)}", field.description or "")
            for name, field in model.model_fields.items()
        ]
        parts += [f"## {heading}", text, _table(("key", "type and default", "meaning"), rows)]
    targets: Any = Contract.model_fields["fields"].annotation
    names = [(f"`{name}`",) for name in targets.__args__[0].__args__]
    parts += ["## Targets of fields", "What a field of an export may be read as.", _table(("target",), names)]
    return "\n\n".join(parts) + "\n"


def _first_paragraph(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")


def _type_of(field: FieldInfo) -> str:
    def name(kind: Any) -> str:
        if get_origin(kind) is Annotated:
            return name(get_args(kind)[0])
        if get_origin(kind) is Literal:
            return ", ".join(f"`{value}`" for value in get_args(kind))
        if kind is type(None):
            return ""
        if kind is str:
            return "text"
        if kind is bool:
            return "`true` or `false`"
        if get_origin(kind) is tuple:
            return "list"
        if get_origin(kind) is dict:
            return "mapping"
        if get_args(kind):
            return " or ".join(part for part in map(name, get_args(kind)) if part)
        return f"see `{kind.__name__}`" if not issubclass(kind, BaseModel) else "mapping, see below"

    return name(field.annotation)


def _contract_default(field: FieldInfo) -> str:
    if field.is_required():
        return "<br>required"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", (), {}) or value is PydanticUndefined:
        return ""
    return f"<br>default `{str(value).lower() if isinstance(value, bool) else value}`"


def _tables_page() -> str:
    rows = [
        (f"[`{table.name}`]({table.name.split('.')[0]}.md#{_anchor(table.name)})", table.th, table.en)
        for table in tables().values()
    ]
    parts = [
        "# Tables",
        "Made from `schemas/tables` and `schemas/columns`; `siang dictionary` prints the same. All are Delta tables "
        "that a session knows by name, such as `gold.province_trends`.",
        *(f"**[{layer}]({layer}.md)**: {text}" for layer, text in LAYERS.items()),
        _table(("table", "one row is", "in English"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def _anchor(table: str) -> str:
    return table.replace(".", "")


def _layer_page(layer: str) -> str:
    parts = [f"# {layer}", LAYERS[layer]]
    described = [
        row for row in csv.DictReader(io.StringIO(dictionary.as_csv())) if row["table"].startswith(f"{layer}.")
    ]
    for name, columns in itertools.groupby(described, key=lambda row: row["table"]):
        table = tables()[name]
        parts += [
            f"## {name}",
            f"{table.th}  \n{html.escape(table.en, quote=False)}",
            f"Key: {', '.join(f'`{column}`' for column in table.key)}",
            _table(("column", "in Thai", "in English"), [_column_row(column) for column in columns]),
        ]
    return "\n\n".join(parts) + "\n"


def _column_row(column: dict[str, str]) -> tuple[str, str, str]:
    facts = ", ".join(part for part in (column["type"], column["unit"], column["key"]) if part)
    thai = f"**{column['th']}**<br>{html.escape(column['about_th'], quote=False)}"
    name = f"`{column['column']}`<br>{html.escape(facts, quote=False)}"
    return name, thai, html.escape(column["en"], quote=False)


if __name__ == "__main__":
    for page, text in pages().items():
        sys.stdout.write(f"<!-- {page} -->\n{text}\n")
