"""Checks that every public function of nlp/ needs linear time: a text four times as long may need four times the time.

Times of one run are compared only with each other, so that a slow machine does not fail a test: a text four times as
long needs four times the time if the time is linear, and sixteen times if it is quadratic.
"""

import contextlib
import inspect
import time
import types
import typing
from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np
import pytest

from nlp.analyse import Analyser
from nlp.features import token_ids
from nlp.keywords import KeywordFinder
from nlp.kind import KindModel
from nlp.seed_models import seed_models
from nlp.terms import terms
from nlp.tokenise import tokenise
from tests.nlp.fuzz import LEFT_OUT, _hints, public_functions

SHORT, TIMES, MOST = 4_000, 4, 9
TRIES = 6

# What a rule could be led astray by when it is repeated: beginnings without an end, separators, marks of all scripts,
# what comes before names, numbers, addresses and dates. A "_" stands for a blank.
UNITS = [
    unit.replace("_", " ")
    for unit in [
        *str.split("a\u0301 \u0301\u0323 ก ่ี ัา า่ เ ร 5 [ ] ( () [PHONE * - 0 081- 1/ 1. 1, 9 ๐ + +66 0. ° 1°1' @ a@"),
        *str.split("a. a@a. / # ' \" e+ www. http:// http://a/ fb.com/ line: ไลน์ ไลน์ไอดี นาย นายก นายสม คุณ ชื่อ ชื่อ: น.ส."),
        *str.split("ด.ช. พ.ต.ท. ต. ตำบล จ. หมู่ ม.1 ซอย ถนน บ้านเลขที่ ที่อยู่ บ้านเลขที่1, ทะเบียน ทะเบียน: รถ รถสี 1กก บัญชี"),
        *str.split("พร้อมเพย์ โทร โทร8 เบอร์ บัตร xxx *x*- 08x 8l ด้านหน้า ความสูง ทล. ทางหลวง อบต. เทศบาล z Z a- a' 5/11/"),
        *str.split(
            "5-พ.ย.- พ. พ.ศ. เวลา 12: +07 😀 وا \ud800 \u200d 👨\u200d \ufeff _ \0 เ_ [PHONE]_ -_ 08_ 1/2_ 12.5_ id_"
        ),
        *str.split("ไลน์_ไอดี นาย_ คุณ_ ชื่อ_ ผู้แจ้ง_: Mr_ Mr_A A_bin_ Aa_ name:_ อ.เมือง_ หมู่_1_ เลขที่_1 กก_1 บัญชี_ scb_"),
        *str.split("โทร_ 1_2_3_4 ปัญหา:_ ปัญหา_: ะ_ ก_่ _ู 5_พ.ย._ เวลา_12.30_ jalan_ น้ำท่วม_ สาย_ กม.1_ ต._ก_ Nov_5,_ วัน_"),
        *str.split("ความสูงกก_น้ำท่วมน้อยกว่า_ โทร_81234567_ tel_o81_ [PHONE]_8123456"),
        *("\n", "\t", "\xa0"),
    ]
]


def _given(hint: object, text: str) -> object:
    if hint is str or (str in typing.get_args(hint) and typing.get_origin(hint) in (typing.Union, types.UnionType)):
        return text
    if typing.get_origin(hint) in (Sequence, list) and typing.get_args(hint) == (str,):
        return [text]
    return None


def _of_texts() -> dict[str, Callable[[str], object]]:
    """Every public function whose arguments are texts, lists of texts or have a value by themselves."""
    found: dict[str, Callable[[str], object]] = {}
    for function in public_functions():
        plain = inspect.unwrap(function)
        name = f"{plain.__module__}.{plain.__name__}"
        hints, needed = _hints(plain), inspect.signature(plain).parameters
        known = {one: hint for one, hint in hints.items() if one != "return" and _given(hint, "") is not None}
        rest = {one: OTHERS[one] for one in needed if one in OTHERS}
        lacking = [one for one, said in needed.items() if said.default is said.empty and one not in known | rest]
        if known and not lacking and not name.startswith(LEFT_OUT):
            texts = {one: hint for one, hint in known.items() if one not in rest}

            def call(text: str, function=plain, texts=texts, rest=rest) -> object:
                answer = function(**{one: _given(hint, text) for one, hint in texts.items()}, **rest)
                return list(answer) if inspect.isgenerator(answer) else answer

            found[name] = call
    return found


# Arguments that are no citizen's words.
OTHERS = {
    "calendar": "buddhist", "zone": "Asia/Bangkok", "is_same_place": True, "most": 2, "level": 2, "within": None,
    "known": None, "limit": 600, "variety": "isan", "latitude": None, "longitude": None, "boundaries": None,
}  # fmt: skip


@cache
def _analyser() -> Analyser:
    return Analyser(seed_models())


@cache
def _kinds() -> KindModel:
    return seed_models().kinds


FUNCTIONS = _of_texts() | {
    "terms": lambda text: terms(token_ids(tokenise([text]))),
    "kinds": lambda text: _kinds().scores(token_ids(tokenise([text])), np.array([True])),
    "analyse": lambda text: _analyser().analyse([text]),
    "keywords": lambda text: KeywordFinder({"ถนนพัง": (0,), "ด้านหน้า": (1,), "aaaa": (2,), "กกก": (3,)}).find([text]),
}


def _taken(call: Callable[[], object]) -> float:
    start = time.process_time()
    with contextlib.suppress(ValueError, KeyError):
        call()
    return time.process_time() - start


@pytest.mark.parametrize("name", FUNCTIONS)
def test_time_for_a_text_four_times_as_long_is_at_most_linear(name):
    function = FUNCTIONS[name]
    _taken(partial(function, "ถนนพัง 1"))  # what is loaded once
    slow = [unit for unit in UNITS if _grows(function, unit)]
    assert not slow, f"{name} takes more than {MOST} times as long on a text {TIMES} times as long of {slow}"


def _grows(function: Callable[[str], object], unit: str) -> bool:
    """Whether the least time of several tries grows faster than the text.

    What takes less than to look at each letter once is no longer than the clock can tell.
    """
    text = unit * (SHORT // len(unit))
    least = [float("inf"), float("inf")]
    for _ in range(TRIES):
        for at, one in enumerate((text, text * TIMES)):
            least[at] = min(least[at], _taken(partial(function, one)))
        if least[1] <= MOST * max(least[0], _taken(partial(list, map(ord, text)))):
            return False
    return True


def test_the_check_distinguishes_quadratic_from_linear_time():
    assert _grows(lambda text: [text.count("b", at) for at in range(0, len(text), 4)], "a")
    assert not _grows(lambda text: [letter.upper() for letter in text], "a")
