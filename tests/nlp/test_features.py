"""Token ids and features of batches."""

import numpy as np
import pytest

from nlp.features import TokenIds, token_ids


def tokens(batch: TokenIds) -> list[list[str]]:
    ends = np.cumsum(batch.lengths)
    return [
        [batch.table.tokens[number] for number in batch.ids[end - length : end].tolist()]
        for end, length in zip(ends.tolist(), batch.lengths.tolist(), strict=True)
    ]


def replacement(token: str) -> list[str] | None:
    return {"บ่มี": ["ไม่", "มี"], "เน้อ": [], "แล้วว": ["แล้ว"]}.get(token)


def test_a_token_is_replaced_by_none_one_or_several():
    batch = token_ids([["น้ำ", "บ่มี", "เน้อ"], [], ["เน้อ"], ["มา", "แล้วว"]])
    assert tokens(batch.replaced(replacement)) == [["น้ำ", "ไม่", "มี"], [], [], ["มา", "แล้ว"]]
    # Later batches have more tokens in the same table.
    assert tokens(token_ids([["ไฟ", "บ่มี"]]).replaced(replacement)) == [["ไฟ", "ไม่", "มี"]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (["สวัสดี", "ครับ", "น้ำ", "สวัสดี", "ไหล", "ครับ"], ["น้ำ", "สวัสดี", "ไหล"]),
        (["น้ำ", "ไหล"], ["น้ำ", "ไหล"]),
        (["ครับ", "ครับ"], ["ครับ", "ครับ"]),
        ([], []),
    ],
)
def test_edges_are_left_out_unless_they_are_all(text, kept):
    batch = token_ids([["น้ำ"], text, ["ครับ", "ไฟ"]])
    found = batch.without_edges(lambda token: token in ("สวัสดี", "ครับ"), lambda token: token == "ครับ")
    assert tokens(found) == [["น้ำ"], kept, ["ไฟ"]]


def test_the_first_texts_of_a_batch():
    assert tokens(token_ids([["ก"], ["ข", "ค"], ["ง"]]).first(2)) == [["ก"], ["ข", "ค"]]
