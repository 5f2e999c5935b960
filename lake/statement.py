"""What a query may say: read into a tree, judged node by node, and written anew as the SQL that runs.

Allowed is what is meant: one query over tables by name, of the kinds of nodes and the functions that are listed.
All else is refused, known or not. What runs is written from the tree that was judged, never the text that came in,
so that Spark cannot read in it what was not read here.
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
from sqlglot.tokens import TokenType

from schemas.errors import UserError
from schemas.tables import FOLDER, tables
from schemas.yaml_file import read_yaml

MEND = "write one SELECT over tables of silver, gold, reference and ops, or DESCRIBE one of them"
_SHOW = re.compile(r"show\s+tables\s+(?:in|from)\s+(\w+)", re.IGNORECASE)
_DESCRIBE = re.compile(r"desc(?:ribe)?\s+(?:table\s+)?(\w+\.\w+)", re.IGNORECASE)
_TABLE = re.compile(r"table\s+(\w+\.\w+)", re.IGNORECASE)
_FUNCTION = re.compile(r"[a-z_][a-z0-9_]*")
_WORDS = re.compile(r"[A-Za-z_ ]+")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNFIT = re.compile(r"[`'\"\\;\x00-\x1f]")
_WITH_UNIT = frozenset({"date_add", "date_diff", "dateadd", "datediff", "timestampadd", "timestampdiff"})

_NODES: frozenset[type] = frozenset(
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
        # what is computed
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe, exp.BitwiseAnd, exp.BitwiseOr,
        exp.BitwiseXor, exp.BitwiseNot, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE,
        exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Like, exp.ILike, exp.RegexpLike, exp.Any,
        exp.All, exp.Escape, exp.Exists, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.Extract, exp.Trim, exp.Anonymous,
        exp.CurrentDate, exp.CurrentTimestamp,
    }
)  # fmt: skip
# Of these nodes, what they may carry: a table has no version and no option, a SELECT makes no table.
_PARTS: dict[type, frozenset[str]] = {
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
_SAID = {
    exp.Hint: "a hint",
    exp.Version: "an older version of a table",
    exp.Parameter: "a variable",
    exp.Placeholder: "a variable",
    exp.Concat: "two texts without || between them",
    exp.CurrentUser: "the function current_user",
    exp.SessionUser: "the function session_user",
}


class _Query(Spark):
    """Spark's SQL, in which every function stays what it was called, whether Spark has it or not."""

    class Tokenizer(Spark.Tokenizer):
        STRING_ESCAPES = ["\\", "'"]  # noqa: RUF012 (the library's own way to say it)

    class Parser(Spark.Parser):
        FUNCTIONS = {}  # noqa: RUF012
        FUNCTION_PARSERS = {  # noqa: RUF012
            name: Spark.Parser.FUNCTION_PARSERS[name] for name in ("CAST", "TRY_CAST", "EXTRACT", "TRIM")
        }
        NO_PAREN_FUNCTION_PARSERS = {"CASE": Spark.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]}  # noqa: RUF012

    class Generator(Spark.Generator):
        # Spark knows QUALIFY and the like itself.
        TRANSFORMS = {  # noqa: RUF012
            kind: way for kind, way in Spark.Generator.TRANSFORMS.items() if kind is not exp.Select
        }


def checked(statement: str, *, restricted: bool = False) -> str:
    """The SQL that may run for a statement, written anew from what was understood of it.

    Allowed are one query, ``DESCRIBE`` of a table and ``SHOW TABLES IN`` a layer, over the tables of schemas/tables;
    those that are restricted only where ``restricted`` says so. Raises UserError, in a sentence that names the first
    thing that is not allowed.
    """
    body = statement.strip().rstrip("; \t\r\n")
    allowed = {name for name, table in tables().items() if restricted or not table.restricted}
    if found := _SHOW.fullmatch(body):
        return f"SHOW TABLES IN {_layer(found[1], allowed)}"
    if found := _DESCRIBE.fullmatch(body):
        return f"DESCRIBE TABLE {_table_name(found[1], allowed)}"
    if found := _TABLE.fullmatch(body):
        body = f"SELECT * FROM {found[1]}"
    tree = _read(body)
    _judge(tree, allowed)
    text = _written(tree)
    # What is written reads as what was judged; else a name or a text in it has broken out.
    if _written(_read(text)) != text:
        raise _refusal("the statement cannot be written in one way only")
    return text


@cache
def functions() -> dict[str, frozenset[str]]:
    """The functions that a query may use, by kind; those of the kind ``rows`` may also stand as a table."""
    return read_yaml(FOLDER / "query_functions.yaml", RootModel[dict[str, frozenset[str]]]).content.root


def _refusal(what: str, mend: str = MEND) -> UserError:
    return UserError(what, mend)


def _read(body: str) -> exp.Expr:
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    if "${" in body:
        raise _refusal("a query cannot have ${…}", "write the value itself")
    try:
        if any(token.token_type == TokenType.PIPE_GT for token in _Query().tokenize(body)):
            raise _refusal("a query cannot have |>", "write it with SELECT … FROM …")
        found = [tree for tree in parse(body, dialect=_Query) if tree is not None]
    except RecursionError:
        raise _refusal("the query is nested too deeply", "write it with fewer brackets") from None
    except SqlglotError as error:
        raise _refusal(f"that is no query{_where(error)}") from None
    if len(found) != 1:
        raise _refusal(f"there are {len(found)} statements" if found else "that is no query")
    if not isinstance(found[0], exp.Query | exp.Values):
        first = found[0]
        said = first.name if isinstance(first, exp.Command) else type(first).__name__
        raise _refusal(f"{'that' if isinstance(first, exp.Condition) else said.upper()} is no query")
    for call in found[0].find_all(exp.Anonymous):
        _name_unit(call)
    return found[0]


def _where(error: SqlglotError) -> str:
    """The first word that does not fit, and its place, as the end of a sentence."""
    facts = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    if not facts.get("line"):
        return ""
    word = str(facts.get("highlight") or "").strip()
    return f": {word} does not fit at line {facts['line']}" if word.isidentifier() else f" at line {facts['line']}"


def _name_unit(call: exp.Anonymous) -> None:
    """In ``date_diff(DAY, a, b)`` the first is a word, not a column."""
    if _called(call) not in _WITH_UNIT or len(call.expressions) != 3:
        return
    unit = call.expressions[0]
    if isinstance(unit, exp.Column) and not unit.table and _PLAIN.fullmatch(unit.name):
        unit.replace(exp.var(unit.name))


def _written(tree: exp.Expr) -> str:
    try:
        return tree.sql(dialect=_Query, identify=True, comments=False, normalize_functions=False)
    except (SqlglotError, RecursionError):
        raise _refusal("the query cannot be written as Spark's SQL") from None


def _judge(tree: exp.Expr, allowed: Collection[str]) -> None:
    named = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for node in list(_nodes(tree)):
        kind = type(node)
        if kind not in _NODES:
            raise _refusal(f"a query cannot have {_SAID.get(kind) or kind.__name__.upper()}")
        if (parts := _PARTS.get(kind)) is not None:
            for part, value in node.args.items():
                if value and part not in parts:
                    said = _SAID.get(type(value)) or part.strip("_").upper()
                    raise _refusal(f"a query cannot have {said} at {kind.__name__.upper()}")
        match node:
            case exp.Table():
                _judge_table(node, allowed, named)
            case exp.Anonymous():
                _judge_function(node)
            case exp.Dot() if not isinstance(node.expression, exp.Identifier | exp.Star):
                raise _refusal("a function has one name, without a dot")
            case exp.Var() if not _WORDS.fullmatch(node.name):
                raise _refusal(f"a query cannot have {node.name}")
            case exp.Identifier():
                _judge_name(node)
            case exp.Lateral() if node.args.get("view") and not _PLAIN.fullmatch(node.alias or "a"):
                raise _refusal(f"{node.alias} cannot be the name of a LATERAL VIEW", "name it with letters")
            case _:
                pass


def _nodes(tree: exp.Expr) -> Iterator[exp.Expr]:
    """All nodes, also those that walk() would not go to because they stand in a list within a list."""
    stack: list[object] = [tree]
    while stack:
        one = stack.pop()
        if isinstance(one, exp.Expr):
            yield one
            stack.extend(one.args.values())
        elif isinstance(one, list | tuple):
            stack.extend(one)


def _judge_name(node: exp.Identifier) -> None:
    if _UNFIT.search(node.name):
        raise _refusal("a name holds a quote, a backslash, a semicolon or a control character", "name it with letters")
    if node.name.lower() == "_metadata":
        raise _refusal("a query cannot have _metadata", "ask for columns of the table")


def _judge_table(node: exp.Table, allowed: Collection[str], named: Collection[str]) -> None:
    if isinstance(node.this, exp.Anonymous):
        if _called(node.this) not in functions()["rows"]:
            raise _refusal(f"a query cannot read a table from the function {_called(node.this)}")
        return
    if not isinstance(node.this, exp.Identifier) or node.args.get("catalog"):
        raise _refusal("a table is named as layer.table")
    if not node.args.get("db"):
        if node.name.lower() not in named:
            raise _refusal(f"there is no table {node.name}", "name it as layer.table, such as gold.coverage")
        return
    layer, _, name = _table_name(f"{node.db}.{node.name}", allowed).partition(".")
    node.set("db", exp.to_identifier(layer))
    node.set("this", exp.to_identifier(name))


def _table_name(said: str, allowed: Collection[str]) -> str:
    name = said.lower()
    if name in allowed:
        return name
    if name in tables():
        raise _refusal(f"{name} holds citizens' words as they came", "add --restricted, where you may read them")
    raise _refusal(f"there is no table {said}", "'siang dictionary' names those that there are")


def _layer(said: str, allowed: Collection[str]) -> str:
    layer = said.lower()
    if layer not in {name.split(".")[0] for name in allowed}:
        raise _refusal(f"there are no tables in {said} to show")
    return layer


def _called(node: exp.Anonymous) -> str:
    return node.name.lower()


def _judge_function(node: exp.Anonymous) -> None:
    name = _called(node)
    if not _FUNCTION.fullmatch(name) or not any(name in names for names in functions().values()):
        raise _refusal(
            f"a query cannot use the function {name}",
            "those that it may use are in schemas/query_functions.yaml",
        )
    node.set("this", name)  # as it is listed, without quotes
