"""YAML files of data, read into pydantic models. A fault in a file is an error with its file, line and field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from schemas.errors import DataFileError

_Model = TypeVar("_Model", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Location = tuple[int | str, ...]
"""The keys and list positions that lead from the top of a document to a value."""

# The loader reads nested values by recursion, and a crash of its C library ends the process.
_MAX_DEPTH = 100
# Steps of an error's location that name a type of pydantic and not a place in the document.
_TYPE_STEPS = ("literal[", "tuple[", "function-", "constrained-", "nullable")
_PROBLEMS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field; check the spelling",
    "tuple_type": "must be a list",
    "frozen_set_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of names to values",
    "model_attributes_type": "must be a mapping of names to values",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_too_long": "is too long",
    "string_too_short": "is empty",
}
_NOT_TEXT = "must be text; put it in quotes, because YAML reads bare numbers, yes, no, on and off as other types"


@dataclass(frozen=True)
class YamlFile(Generic[_Model]):
    """A valid YAML file: its content, and the nodes that know the line of each value."""

    name: str
    content: _Model
    root: yaml.Node | None
    error_class: type[DataFileError]

    def error(self, problem: str, *location: int | str) -> DataFileError:
        """The error to raise about the value at a location (keys and list positions from the top)."""
        return _error(self.error_class, self.name, self.root, location, problem)


def read_yaml(
    path: Path, model: type[_Model], *, error_class: type[DataFileError] = DataFileError, name: str = ""
) -> YamlFile[_Model]:
    """Reads a YAML file and validates it by a model.

    Raises ``error_class`` with the file (as ``name``, else its own name), the line and the field of the first fault.
    """
    name = name or path.name
    root, content = _document(path, name, error_class)
    try:
        return YamlFile(name, model.model_validate(content), root, error_class)
    except ValidationError as error:
        raise _error(error_class, name, root, *_first_problem(error)) from None


def _error(
    error_class: type[DataFileError], name: str, root: yaml.Node | None, location: _Location, problem: str
) -> DataFileError:
    # A rule over several fields names in its message the one that is wrong.
    if not location and (field := re.match(r"([a-z_]+): ", problem)):
        location, problem = (field[1],), problem[field.end() :]
    return error_class(name, _line(root, location), problem, ".".join(map(str, location)))


def _line(node: yaml.Node | None, location: _Location) -> int:
    """The line (from 1) of the value at a location; of a missing key, the first line of the mapping it belongs to."""
    line = node.start_mark.line + 1 if node else 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if pair is None:
                return node.start_mark.line + 1
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            item: yaml.Node = node.value[step]
            line, node = item.start_mark.line + 1, item
    return line


def _first_problem(error: ValidationError) -> tuple[_Location, str]:
    """Location and description of the first fault."""
    problems = error.errors()
    top = problems[0]["loc"][:1]
    # A misspelt field is both unknown and missing; its line is that of the unknown one.
    parent = problems[0]["loc"][:-1]
    problems = [one for one in problems if one["type"] == "extra_forbidden" and one["loc"][:-1] == parent] or problems
    # Where several types are allowed, the error with the longest location belongs to the type that was intended.
    first = max((one for one in problems if one["loc"][:1] == top), key=lambda one: len(one["loc"]))
    location = tuple(step for step in first["loc"] if step != "[key]" and not str(step).startswith(_TYPE_STEPS))
    given, kind, context = first.get("input"), first["type"], first.get("ctx", {})
    if kind == "string_type" and given is None:
        problem = "is empty"
    elif kind == "string_type" or isinstance(given, bool):
        problem = _NOT_TEXT
    elif kind == "literal_error":
        problem = f"{given} is not one of {context['expected'].replace(' or ', ', ')}"
    elif kind == "string_pattern_mismatch":
        problem = f"{given} does not match the pattern {context['pattern']}"
    else:
        problem = _PROBLEMS.get(kind, first["msg"].removeprefix("Value error, "))
    return location, problem


def _document(path: Path, name: str, error_class: type[DataFileError]) -> tuple[yaml.Node | None, Any]:
    """A YAML file as nodes and as plain values."""
    try:
        written = path.read_bytes()
    except OSError as error:
        raise error_class(name, 1, f"the file cannot be read: {error.strerror}") from None
    try:
        text = written.decode()
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        raise error_class(name, line, "is not UTF-8; save the file in this encoding") from None
    try:
        _check_depth(text, name, error_class)
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return None, None
        _check_keys(root, name, error_class)
        return root, _values(loader, root, name, error_class)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise error_class(name, line, f"is not valid YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = written.count(b"\n", 0, error.position) + 1
        raise error_class(name, line, f"is not valid YAML: {error.reason}") from None


def _check_depth(text: str, name: str, error_class: type[DataFileError]) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise error_class(name, event.start_mark.line + 1, "is not valid YAML: it is nested too deeply")


def _check_keys(root: yaml.Node, name: str, error_class: type[DataFileError]) -> None:
    """Raises an error at a key that a mapping has twice; the loader would take the last one."""
    for node in _nodes(root):
        keys: set[tuple[str, str]] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode):
                continue
            if (key.tag, key.value) in keys:
                raise error_class(name, key.start_mark.line + 1, f"`{key.value}` occurs twice")
            keys.add((key.tag, key.value))


def _values(loader: Any, root: yaml.Node, name: str, error_class: type[DataFileError]) -> Any:
    try:
        return loader.construct_document(root)
    except ValueError:  # such as a date that does not exist; the exception does not know where it is
        loader.recursive_objects = {}
        for node in _nodes(root):
            if not isinstance(node, yaml.ScalarNode):
                continue
            try:
                loader.construct_object(node)
            except ValueError as error:
                raise error_class(name, node.start_mark.line + 1, f"is not valid YAML: {error}") from None
        raise


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """All nodes of a document, each once."""
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
