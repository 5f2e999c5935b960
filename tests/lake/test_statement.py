"""A query is answered where it says what is meant, and refused before Spark sees it otherwise.

``pytest -v tests/lake/test_statement.py`` prints each statement with its outcome.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlglot.dialects.spark import Spark
from sqlglot.tokens import TokenType

from lake import statement
from lake.settings import PROJECT
from schemas.errors import UserError
from schemas.tables import tables

STATEMENTS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("statements.yaml").read_text(encoding="utf-8"))


def refused() -> list[tuple[str, str]]:
    return [(str(sql), group["said"]) for group in STATEMENTS["refused"] for sql in group["statements"]]


def test_the_list_of_attacks_is_long_and_says_nothing_twice():
    found = [sql for sql, _ in refused()]
    assert len(found) == len(set(found)) >= 60


@pytest.mark.parametrize(("sql", "said"), refused())
def test_what_is_not_meant_is_refused_in_one_sentence(sql: str, said: str):
    with pytest.raises(UserError, match=said) as fault:
        statement.validated_sql(sql)
    assert "\n" not in str(fault.value) and str(fault.value).endswith(".")


@pytest.mark.parametrize("sql", STATEMENTS["answered"])
def test_what_is_meant_may_run(sql: str):
    text = statement.validated_sql(sql)
    assert statement.validated_sql(text) == text, "what was written is judged as what it was written from"


def test_the_queries_of_the_pages_may_run():
    pages = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").rglob("*.md"))]
    found = {page.name: re.findall(r'siang query "([^"…]+)"', page.read_text(encoding="utf-8")) for page in pages}
    assert {"add-a-source.md", "tutorial.md"} <= {name for name, queries in found.items() if queries}
    for sql in (sql for queries in found.values() for sql in queries):
        statement.validated_sql(sql)


def test_the_tables_of_citizens_words_are_asked_only_where_they_may_be_read():
    assert statement.validated_sql("SELECT * FROM bronze.files", restricted=True) == "SELECT * FROM `bronze`.`files`"
    assert statement.validated_sql("SHOW TABLES IN bronze", restricted=True) == "SHOW TABLES IN bronze"
    with pytest.raises(UserError, match="add --restricted"):
        statement.validated_sql("SELECT * FROM bronze.files")
    for sql in ("SELECT * FROM text.`/etc/hostname`", "SELECT reflect('java.lang.System', 'getenv')"):
        with pytest.raises(UserError):
            statement.validated_sql(sql, restricted=True)


def test_every_table_that_is_not_restricted_is_answered():
    for name, table in tables().items():
        if not table.restricted:
            assert statement.validated_sql(f"TABLE {name}") == f"SELECT * FROM `{name.replace('.', '`.`')}`"


def test_what_runs_is_written_anew_without_the_comments():
    sql = "SELECT a -- , java_method('x')\n FROM /* text.`/etc/hostname` */ Gold.Daily LATERAL VIEW explode(b) AS c"
    assert statement.validated_sql(sql) == "SELECT `a` FROM `gold`.`daily` LATERAL VIEW explode(`b`) AS `c`"


def test_a_query_nested_without_end_is_refused():
    with pytest.raises(UserError):
        statement.validated_sql("SELECT " + "(" * 5000 + "1" + ")" * 5000)


def texts_of(sql: str) -> list[str]:
    """The texts in SQL as Spark's lexer takes them: from a quote to the next one that no backslash precedes."""
    found, at = [], 0
    while (at := sql.find("'", at)) != -1:
        end, text = at + 1, ""
        while sql[end] != "'":
            if sql[end] == "\\":
                escaped = sql[end + 1]
                text += {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a"}.get(escaped, escaped)
                text = text[:-1] + f"\\{escaped}" if escaped in "%_" else text
                end += 2
            else:
                text += sql[end]
                end += 1
        found.append(text)
        at = end + 1
    return found


@given(st.lists(st.text(alphabet=st.sampled_from("a'\"\\n0%_`;-/*$ก๑\n\t)("), max_size=12), min_size=1, max_size=3))
def test_a_text_ends_for_spark_where_it_ended_for_the_judge(words: list[str]):
    quoted = ["'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'" for word in words]
    assert texts_of(statement.validated_sql(f"SELECT array({', '.join(quoted)}) AS a")) == words


@given(st.text(max_size=40))
def test_whatever_stands_in_a_name_stays_in_it(name: str):
    try:
        text = statement.validated_sql(f"SELECT 1 AS `{name.replace('`', '``')}` FROM gold.daily")
    except UserError:
        return
    kinds = [token.token_type for token in Spark().tokenize(text)]
    assert kinds == [token.token_type for token in Spark().tokenize("SELECT 1 AS `a` FROM `gold`.`daily`")]
    assert TokenType.STRING not in kinds


@given(st.text(alphabet=st.sampled_from("SELECT FROM text.`/x`'\"\\()/*-+,;|>${}a1\n"), max_size=60))
def test_any_text_is_refused_or_runs_as_it_was_judged(text: str):
    for sql in (text, f"SELECT {text}", f"SELECT * FROM {text}"):
        try:
            written = statement.validated_sql(sql)
        except UserError:
            continue
        assert statement.validated_sql(written) == written
