"""Fuzzes every public function of nlp/ with hostile texts: no exception, no hang, no lost text.

python -m tests.nlp.fuzz --minutes 60

New functions are found automatically if their arguments are texts, numbers, lists of texts or literals. Exceptions
that a docstring names are allowed. Prints the smallest failing examples; the exit code is 1 if there is one.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib
import inspect
import pkgutil
import re
import sys
import time
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import nlp
from nlp.analyse import Analyser
from nlp.mask import mask
from nlp.normalise import normalise
from nlp.seed_models import seed_models
from nlp.tokenise import pieces, tokenise
from schemas.topics import load_topics

EXAMPLES_A_ROUND = 150
# The maximum processor time of a call; texts have at most a few thousand characters.
SLOW_SECONDS = 2.0
HUNG_SECONDS = 120

SEEDS = [example for topic in load_topics() for example in topic.examples]
HOSTILE = [
    *str.split("ด้านหน้า ตากลม ก ่ ้่ ํา เเ ๆๆๆ ฯ ะ ฺ 1️⃣ ٣ ๓ ３ ① Straße ﬁ İ ß [PHONE] [ID [[ ]] ***** http:// www. @ #"),
    *str.split("081 08- +66 1/2 ๑๒๓ หมู่ ต. อ. จ. นาย ชื่อ โทร a@b.co =1+1 <b> %s {} \\ ' -- จังหวัด กรุงเทพ 2565 31/2/2569"),
    *("\u200b", "\u200c", "\u200d", "\ufeff", "\u202e", "\u0300", "\0", "\r\n", "\r", "\n\n", "\t", "\x85", "\u2028"),
    *("\xa0", "\u3000", "\uf70a", "\ud800", "\udfff", "\U0010ffff", "👨\u200d👩\u200d👧", "🏽", "🇹🇭"),
    *("جالن روسق", "jalan rosak", "หมู่ 3 ต.", '"'),
]

pieces_of_text = st.one_of(
    st.sampled_from(SEEDS),
    st.sampled_from(SEEDS).flatmap(lambda text: st.integers(0, len(text)).map(lambda at: text[at:])),
    st.sampled_from(HOSTILE),
    st.builds(lambda text, times: text * times, st.sampled_from(HOSTILE), st.integers(2, 300)),
    st.text(st.characters(), max_size=20),
    st.text(st.sampled_from([chr(code) for code in range(0x0E01, 0x0E5C)]), max_size=40),
)
texts = st.lists(pieces_of_text, max_size=8).map("".join)


@dataclass(frozen=True)
class Target:
    """A function with its arguments, the exceptions that it may raise, and a check."""

    name: str
    check: Callable[..., object]
    arguments: Mapping[str, st.SearchStrategy[Any]]
    may_raise: tuple[type[Exception], ...] = ()


def strategy_of(hint: Any) -> st.SearchStrategy[Any] | None:
    """A strategy for values of a type; None for an unknown type."""
    if hint is None:
        return None
    simple = {str: texts, int: st.integers(), float: st.floats(), bool: st.booleans(), type(None): st.none()}
    if isinstance(hint, type) and hint in simple:
        return simple[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (typing.Union, types.UnionType):
        found = [strategy_of(one) for one in inner]
        known = [one for one in found if one is not None]
        return st.one_of(known) if known else None
    if origin in (Sequence, list) and inner and (values := strategy_of(inner[0])) is not None:
        return st.lists(values, max_size=4)
    return None


def public_functions() -> Iterator[Callable[..., object]]:
    """The public functions of nlp/."""
    for module_info in pkgutil.walk_packages(nlp.__path__, "nlp."):
        module = importlib.import_module(module_info.name)
        for name, function in inspect.getmembers(module, callable):
            plain = inspect.unwrap(function)
            if inspect.isfunction(plain) and plain.__module__ == module.__name__ and not name.startswith("_"):
                yield function


def targets() -> tuple[list[Target], list[str]]:
    """The targets, and the names of functions with arguments of unknown types."""
    found: list[Target] = []
    left: list[str] = []
    for function in public_functions():
        plain = inspect.unwrap(function)
        name = f"{plain.__module__}.{plain.__name__}"
        if name.startswith(LEFT_OUT):
            left.append(name)
            continue
        hints = _hints(plain)
        arguments: dict[str, st.SearchStrategy[Any]] = {}
        for parameter in inspect.signature(plain).parameters.values():
            hint = hints[parameter.name]
            values = CHOSEN[parameter.name] if parameter.name in CHOSEN else strategy_of(hint)
            # A number with a default is a limit of the function.
            if parameter.default is not parameter.empty and (values is None or hint is int):
                continue
            if values is None:
                left.append(name)
                break
            arguments[parameter.name] = values
        else:
            if arguments:
                found.append(Target(name, _consumed(function), arguments, _documented(plain.__doc__ or "")))
    return [*found, *promises()], left


def _hints(function: Callable[..., object]) -> dict[str, Any]:
    """The types of arguments; None for a type that exists only for the type checker."""
    found: dict[str, Any] = {}
    for name, hint in inspect.get_annotations(function).items():
        try:
            found[name] = eval(hint, vars(sys.modules[function.__module__])) if isinstance(hint, str) else hint
        except NameError:
            found[name] = None
    return found


def _consumed(function: Callable[..., object]) -> Callable[..., object]:
    def call(**arguments: Any) -> object:
        answer = function(**arguments)
        return list(answer) if isinstance(answer, Iterator) else answer

    return call


def _documented(doc: str) -> tuple[type[Exception], ...]:
    names = {"ValueError": ValueError, "KeyError": KeyError, "OverflowError": OverflowError, "TypeError": TypeError}
    raised = " ".join(re.findall(r"raises?:?\s+(.{0,300})", doc, re.DOTALL | re.IGNORECASE))
    return tuple(error for name, error in names.items() if name in raised)


# Arguments from a contract and not from citizens.
CHOSEN = {"zone": st.sampled_from(["Asia/Bangkok", "UTC", "America/St_Johns"])}
# Functions that read no text: scores of lists of equal lengths, files by their paths.
LEFT_OUT = ("nlp.evaluate.", "nlp.places.boundaries.load_boundaries")
PLANTED = st.one_of(
    st.tuples(st.sampled_from("689"), st.integers(10_000_000, 99_999_999)).map(lambda one: f"0{one[0]}{one[1]}"),
    st.integers(1_000_000_000_000, 8_999_999_999_999).filter(lambda one: len(set(str(one))) > 4).map(str),
)


def promises() -> list[Target]:
    """Properties of several functions together."""
    analyser = Analyser(seed_models())

    def tokens_join(batch: list[str]) -> None:
        assert ["".join(tokens) for tokens in tokenise(batch)] == batch, "the tokens do not join to the text"

    def pieces_join(text: str) -> None:
        assert "".join(pieces(text)) == text, "the pieces do not join to the text"

    def normal_stays(text: str) -> None:
        once = normalise(text)
        assert normalise(once) == once, "normalising again changes the text"

    def masked_stays(text: str) -> None:
        once = mask(normalise(text))
        assert mask(once[0]) == once, "masking again changes the text"

    def analysed_stays(batch: list[str]) -> None:
        for found in analyser.analyse(batch):
            assert "".join(found.tokens) == found.text, "the tokens do not join to the text"
            assert found.topics and all(0 <= topic.confidence <= 1 for topic in found.topics), "a topic is missing"

    def planted_is_gone(before: str, number: str, after: str) -> None:
        (found,) = analyser.analyse([f"{before} โทร {number} ครับ {after}"])
        elsewhere = re.sub(r"\D", "", normalise(before + " | " + after))
        assert number in elsewhere or number not in re.sub(r"[\s.-]", "", found.text), "a planted number is shown"

    # UTF-8 cannot contain a lone surrogate, and normalise() removes it.
    clean = texts.map(lambda text: "".join(letter for letter in text if not "\ud800" <= letter <= "\udfff"))
    return [
        Target("tokens join", tokens_join, {"batch": st.lists(clean, max_size=3)}),
        Target("pieces join", pieces_join, {"text": texts}),
        Target("normalising again", normal_stays, {"text": texts}),
        Target("masking again", masked_stays, {"text": texts}),
        Target("analysis", analysed_stays, {"batch": st.lists(texts, max_size=3)}),
        Target("a planted number", planted_is_gone, {"before": texts, "number": PLANTED, "after": texts}),
    ]


def attack(target: Target, turn: int) -> str | None:
    """Calls a target many times; returns the error and the smallest failing example, or None."""
    last: dict[str, Any] = {}

    @seed(turn)
    @settings(
        max_examples=EXAMPLES_A_ROUND, deadline=None, database=None, report_multiple_bugs=False, print_blob=False,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.fixed_dictionaries(dict(target.arguments)))
    def call(arguments: dict[str, Any]) -> None:
        last.clear()
        last.update(arguments)
        # A call that does not end prints its stack and ends the run.
        faulthandler.dump_traceback_later(HUNG_SECONDS, exit=True)
        started = time.process_time()
        try:
            target.check(**arguments)
        except target.may_raise:
            pass
        finally:
            faulthandler.cancel_dump_traceback_later()
        took = time.process_time() - started
        assert took < SLOW_SECONDS, f"took {took:.1f} s"

    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0][:200]} on {ascii(last)[:600]}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    minutes = parser.parse_args().minutes
    found, left = targets()
    print(f"{len(found)} targets: {', '.join(target.name for target in found)}")
    print(f"not called, because of the types of their arguments: {', '.join(left) or 'none'}", flush=True)
    end = time.monotonic() + 60 * minutes
    wrong: dict[str, str] = {}
    calls = turn = 0
    while time.monotonic() < end:
        for target in found:
            # Each failure is reported once.
            if target.name in wrong or time.monotonic() >= end:
                continue
            calls += EXAMPLES_A_ROUND
            if error := attack(target, turn):
                wrong[target.name] = error
                print(f"{target.name}: {error}", flush=True)
        turn += 1
    print(f"{turn} rounds, about {calls:,} calls; {len(wrong)} of {len(found)} targets failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
