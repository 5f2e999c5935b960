"""Features from the spelling of words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.features import token_ids
from nlp.spelling import SpellingFeatures, sequences, vocabulary

WORDS = ["ถนน", "ถนนน", "น้ำ", "jalan", "Jalae", " ", "555", "[NAME]", "ไฟ", "ก"]


def test_words_that_are_spelt_alike_share_sequences():
    assert set(sequences("ถนน")) & set(sequences("ถนนน"))
    assert sequences("JALAN") == sequences("jalan")
    assert not set(sequences("ถนน")) & set(sequences("ไฟฟ้า"))
    assert sequences("555") == sequences("[NAME]") == sequences(" ") == []


def test_a_sequence_is_a_feature_if_enough_texts_have_it():
    batch = token_ids([["ถนน", "ถนน"], ["ถนน"], ["น้ำ"]])
    features, idf = vocabulary(batch, 2)
    assert set(features.tolist()) == set(sequences("ถนน"))
    assert idf == pytest.approx(np.full(len(features), np.log(4 / 3) + 1))


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=6), min_size=1, max_size=5))
def test_scores_are_the_weighted_features(batch):
    words = token_ids([WORDS, *batch])
    features, idf = vocabulary(words, 1)
    weights = np.random.default_rng(5).normal(size=(len(features), 3)).astype(np.float32)
    spelling = SpellingFeatures(features, idf, weights)
    assert spelling.scores(words) == pytest.approx(spelling.matrix(words) @ weights, abs=1e-4)
    # The same for a batch of which all words are known already, and for one without words.
    assert spelling.scores(token_ids([[" "], *batch])) == pytest.approx(
        spelling.matrix(token_ids([[" "], *batch])) @ weights, abs=1e-4
    )
