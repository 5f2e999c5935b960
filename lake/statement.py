"""Checks a query of a user: parses it, checks every node of the tree, and writes the SQL that runs from the tree.

Allowed is one query over tables by name, with the listed kinds of nodes and functions; everything else is rejected.
The SQL that runs is generated from the checked tree and is never the text of the user, so that Spark cannot interpret
that text in another way than this parser.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from functools import cache

from pydantic import RootModel
from sqlglot import exp, parse
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import TokenType

from schemas.errors import UserError
from schemas.tables import FOLDER, tables
from schemas.yaml_file import read_yaml

REMEDY = "write one SELECT over tables of silver, gold, reference and ops, or DESCRIBE one of them"
_ONLY_QUERIES = "Only SELECT, SHOW or DESCRIBE is allowed"
_SHOW = re.compile(r"show\s+tables\s+(?:in|from)\s+(\w+)", re.IGNORECASE)
_DESCRIBE = re.compile(r"desc(?:ribe)?\s+(?:table\s+)?(\w+\.\w+)", re.IGNORECASE)
_TABLE = re.compile(r"table\s+(\w+\.\w+)", re.IGNORECASE)
_FUNCTION = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS = re.compile(r"[A-Za-z_ ]+")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNSAFE_CHARACTERS = re.compile(r"[`'\"\\;\x00-\x1f]")
_WITH_UNIT = frozenset({"date_add", "date_diff", "dateadd", "datediff", "timestampadd", "timestampdiff"})

_ALLOWED_NODES: frozenset[type] = frozenset(
    {
        # queries
        exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Sort,
        exp.Cluster, exp.Distribute, exp.Limit, exp.Offset, exp.Distinct, exp.With, exp.CTE, exp.Subquery, exp.Union,
        exp.Intersect, exp.Except, exp.Values, exp.Lateral, exp.Table, exp.TableAlias, exp.TableSample, exp.Cube,
        exp.Rollup, exp.GroupingSets, exp.Pivot, exp.Window, exp.WindowSpec, exp.WithinGroup, exp.Filter,
        # values
        exp.Star, exp.Column, exp.Identifier, exp.Dot, exp.Bracket, exp.Literal, exp.RawString, exp.Null, exp.Boolean,
        exp.Interval, exp.IntervalSpan, exp.Var, exp.Alias, exp.Aliases, exp.Paren, exp.Tuple, exp.Lambda,
        exp.DataType, exp.DataTypeParam, exp.ColumnDef, exp.IgnoreNulls, exp.RespectNulls,
        # expressions
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe, exp.BitwiseAnd, exp.BitwiseOr,
        exp.BitwiseXor, exp.BitwiseNot, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE,
        exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Like, exp.ILike, exp.RegexpLike, exp.Any,
        exp.All, exp.Escape, exp.Exists, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.Extract, exp.Trim, exp.Anonymous,
        exp.CurrentDate, exp.CurrentTimestamp,
    }
)  # fmt: skip
# The allowed parts of these nodes. For example, a table has no version and no option, and a SELECT creates no table.
_ALLOWED_PARTS: dict[type, frozenset[str]] = {
    exp.Table: frozenset({"this", "db", "catalog", "alias", "joins", "laterals", "pivots", "sample"}),
    exp.Select: frozenset(
        {
            "with_", "expressions", "distinct", "from_", "laterals", "joins", "pivots", "where", "group", "having",
            "qualify", "windows", "distribute", "sort", "cluster", "order", "limit", "offset", "sample",
        }
    ),
    exp.Lateral: frozenset({"this", "view", "outer", "alias"}),
    exp.Identifier: frozenset({"this", "quoted"}),
}  # fmt: skip
_NODE_NAMES: dict[type, str] = {
    exp.Hint: "a hint",
    exp.Version: "an older version of a table",
    exp.Parameter: "a variable",
    exp.Placeholder: "a variable",
    exp.Concat: "two texts without || between them",
    exp.CurrentUser: "the function current_user",
    exp.SessionUser: "the function session_user",
}


class _Query(Spark):
    """The SQL dialect of Spark, in which the name of every function is kept, whether Spark has it or not."""

    class Tokenizer(Spark.Tokenizer):
        STRING_ESCAPES = ["\\", "'"]  # noqa: RUF012 (as the library declares it)

    class Parser(Spark.Parser):
        FUNCTIONS = {}  # noqa: RUF012
        FUNCTION_PARSERS = {  # noqa: RUF012
            name: Spark.Parser.FUNCTION_PARSERS[name] for name in ("CAST", "TRY_CAST", "EXTRACT", "TRIM")
        }
        NO_PAREN_FUNCTION_PARSERS = {"CASE": Spark.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}  # noqa: RUF012

    class Generator(Spark.Generator):
        # Spark supports QUALIFY itself, so a SELECT is not rewritten.
        TRANSFORMS = {  # noqa: RUF012
            kind: way for kind, way in Spark.Generator.TRANSFORMS.items() if kind is not exp.Select
        }


def validated_sql(statement: str, *, restricted: bool = False) -> str:
    """The SQL to run for a statement, generated from the parsed statement.

    Allowed are one query, ``DESCRIBE`` of a table and ``SHOW TABLES IN`` a layer, over the tables of schemas/tables;
    restricted tables only with ``restricted``. Raises UserError about the first thing that is not allowed.
    """
    body = statement.strip().rstrip("; \t\r\n")
    allowed = {name for name, table in tables().items() if restricted or not table.restricted}
    if match := _SHOW.fullmatch(body):
        return f"SHOW TABLES IN {_layer(match[1], allowed)}"
    if match := _DESCRIBE.fullmatch(body):
        return f"DESCRIBE TABLE {_table_name(match[1], allowed)}"
    if match := _TABLE.fullmatch(body):
        body = f"SELECT * FROM {match[1]}"
    tree = _parse(body)
    _check_tree(tree, allowed)
    text = _to_sql(tree)
    # The generated SQL must parse to the same tree; otherwise a name or a text in it is read as SQL.
    if _to_sql(_parse(text)) != text:
        raise _error("the statement is ambiguous")
    return text


@cache
def allowed_functions() -> dict[str, frozenset[str]]:
    """The functions that a query may use, by kind; those of the kind ``rows`` may also be used as a table."""
    return read_yaml(FOLDER / "query_functions.yaml", RootModel[dict[str, frozenset[str]]]).content.root


def _error(what: str, remedy: str = REMEDY) -> UserError:
    return UserError(what, remedy)


def _parse(body: str) -> exp.Expr:
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    if "${" in body:
        raise _error("${…} is not allowed in a query", "write the value itself")
    try:
        if any(token.token_type == TokenType.PIPE_GT for token in _Query().tokenize(body)):
            raise _error("|> is not allowed in a query", "write it with SELECT … FROM …")
        trees = [tree for tree in parse(body, dialect=_Query) if tree is not None]
    except RecursionError:
        raise _error("the query is nested too deeply", "use fewer brackets") from None
    except SqlglotError as error:
        raise _error(f"the statement is not valid SQL{_error_position(error)}") from None
    if len(trees) != 1:
        raise _error(f"there are {len(trees)} statements" if trees else "the statement is empty")
    if not isinstance(trees[0], exp.Query | exp.Values):
        raise _error(_ONLY_QUERIES)
    for call in trees[0].find_all(exp.Anonymous):
        _mark_unit(call)
    return trees[0]


def _error_position(error: SqlglotError) -> str:
    """The first unexpected word and its line, as the end of a sentence."""
    facts = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    if not facts.get("line"):
        return ""
    word = str(facts.get("highlight") or "").strip()
    return f": {word} is not expected in line {facts['line']}" if word.isidentifier() else f" in line {facts['line']}"


def _mark_unit(call: exp.Anonymous) -> None:
    """Marks the first argument of ``date_diff(DAY, a, b)`` as a word, because it is not a column."""
    if _function_name(call) not in _WITH_UNIT or len(call.expressions) != 3:
        return
    unit = call.expressions[0]
    if isinstance(unit, exp.Column) and not unit.table and _PLAIN_NAME.fullmatch(unit.name):
        unit.replace(exp.var(unit.name))


def _to_sql(tree: exp.Expr) -> str:
    try:
        return tree.sql(dialect=_Query, identify=True, comments=False, normalize_functions=False)
    except (SqlglotError, RecursionError):
        raise _error("the query cannot be written as SQL of Spark") from None


def _check_tree(tree: exp.Expr, allowed: Collection[str]) -> None:
    cte_names = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for node in list(_nodes(tree)):
        _check_kind(node)
        match node:
            case exp.Table():
                _check_table(node, allowed, cte_names)
            case exp.Anonymous():
                _check_function(node)
            case exp.Dot() if not isinstance(node.expression, exp.Identifier | exp.Star):
                raise _error("the name of a function cannot have a dot")
            case exp.Var() if not _WORDS.fullmatch(node.name):
                raise _error(f"{node.name} is not allowed in a query")
            case exp.Identifier():
                _check_identifier(node)
            case exp.Lateral() if node.args.get("view") and not _PLAIN_NAME.fullmatch(node.alias or "a"):
                raise _error(f"{node.alias} is not a valid name of a LATERAL VIEW", "use only letters, digits and _")
            case _:
                pass


def _check_kind(node: exp.Expr) -> None:
    """Checks that the kind of a node is allowed, and that it has only allowed parts."""
    kind = type(node)
    if kind not in _ALLOWED_NODES:
        raise _error(f"{_NODE_NAMES.get(kind) or kind.__name__.upper()} is not allowed in a query")
    if (parts := _ALLOWED_PARTS.get(kind)) is None:
        return
    for part, value in node.args.items():
        if value and part not in parts:
            name = _NODE_NAMES.get(type(value)) or part.strip("_").upper()
            raise _error(f"{name} is not allowed at {kind.__name__.upper()}")


def _nodes(tree: exp.Expr) -> Iterator[exp.Expr]:
    """All nodes, also those in a list inside a list, which walk() leaves out."""
    stack: list[object] = [tree]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.Expr):
            yield part
            stack.extend(part.args.values())
        elif isinstance(part, list | tuple):
            stack.extend(part)


def _check_identifier(node: exp.Identifier) -> None:
    if _UNSAFE_CHARACTERS.search(node.name):
        raise _error("a name has a quote, a backslash, a semicolon or a control character", "use only letters in names")
    if node.name.lower() == "_metadata":
        raise _error("_metadata is not allowed in a query", "select columns of the table")


def _check_table(node: exp.Table, allowed: Collection[str], cte_names: Collection[str]) -> None:
    if isinstance(node.this, exp.Anonymous):
        if _function_name(node.this) not in allowed_functions()["rows"]:
            raise _error(f"the function {_function_name(node.this)} cannot be used as a table")
        return
    if not isinstance(node.this, exp.Identifier) or node.args.get("catalog"):
        raise _error("the name of a table must be layer.table")
    if not node.args.get("db"):
        if node.name.lower() not in cte_names:
            raise _error(f"there is no table {node.name}", "write layer.table, such as gold.coverage")
        return
    layer, _, name = _table_name(f"{node.db}.{node.name}", allowed).partition(".")
    node.set("db", exp.to_identifier(layer))
    node.set("this", exp.to_identifier(name))


def _table_name(written: str, allowed: Collection[str]) -> str:
    name = written.lower()
    if name in allowed:
        return name
    if name in tables():
        raise _error(f"{name} has unmasked texts of citizens", "add --restricted, if you may read them")
    raise _error(f"there is no table {written}", "'siang dictionary' lists the tables")


def _layer(written: str, allowed: Collection[str]) -> str:
    layer = written.lower()
    if layer not in {name.split(".")[0] for name in allowed}:
        raise _error(f"there is no layer {written} to show")
    return layer


def _function_name(node: exp.Anonymous) -> str:
    return node.name.lower()


def _check_function(node: exp.Anonymous) -> None:
    name = _function_name(node)
    if not _FUNCTION.fullmatch(name) or not any(name in names for names in allowed_functions().values()):
        raise _error(
            f"the function {name} is not allowed",
            "use a function of schemas/query_functions.yaml",
        )
    node.set("this", name)  # as it is listed, without quotes
