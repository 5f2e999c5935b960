"""The models of labels in one file, and what corrections teach."""

import numpy as np
import pytest

from nlp.analyse import Analyser
from nlp.corpus import load_corpus
from nlp.kind import KindModel
from nlp.label_models import LabelModels
from nlp.seed_models import seed_models

PART = load_corpus()[::20]
TEXT = "จัมโบ้ขวางหน้าวัด"
TOPICS = (["ถนนพัง", "น้ำไม่ไหล"] * 30, [["roads"], ["water_supply"]] * 30)


def test_models_are_the_same_after_writing_and_reading():
    models = LabelModels.learn_seed(PART)
    again = LabelModels.from_bytes(models.to_bytes())
    assert again.version == models.version and models.version.startswith("seed-")
    assert again.to_bytes() == models.to_bytes() == LabelModels.learn_seed(PART).to_bytes()
    texts = [text.text for text in PART[:50]]
    assert Analyser(again).analyse(texts) == Analyser(models).analyse(texts)


@pytest.mark.parametrize("data", [b"", b"PK nonsense", seed_models().topics.to_bytes()])
def test_other_bytes_are_rejected(data):
    with pytest.raises(ValueError, match="no models of labels"):
        LabelModels.from_bytes(data)


def test_corrected_kinds_are_learnt_and_change_the_version():
    before = LabelModels.train(*TOPICS, corpus=PART)
    after = LabelModels.train(*TOPICS, [(TEXT, "praise")] * 20, corpus=PART)
    assert Analyser(before).analyse([TEXT])[0].kind != "praise"
    assert Analyser(after).analyse([TEXT])[0].kind == "praise"
    assert before.version != after.version and before.version.startswith("trained-")


def test_a_correction_to_other_says_nothing_of_relevance():
    of_all, corrected = KindModel.learn(PART), KindModel.learn(PART, [(text.text, "other") for text in PART[:30]])
    assert not np.array_equal(of_all.weights, corrected.weights)
    told = [corrected.weights[:, -1], of_all.weights[:, -1]]
    # The vocabulary grows with the texts, so the columns of relevance are compared by the hashes that both have.
    common = np.intersect1d(corrected.features, of_all.features)
    first, second = (
        column[np.searchsorted(model.features, common)] for column, model in zip(told, (corrected, of_all), strict=True)
    )
    assert np.corrcoef(first, second)[0, 1] > 0.95


def test_a_model_from_labels_of_one_region_leaves_other_regions_as_they_were():
    # In one region people say จัมโบ้ for noise; nobody else does.
    texts = [f"จัมโบ้หน้าบ้านเลขที่ {n} {'ก' * (n % 3)}" for n in range(300)] + [f"ท่อแตกซอย {n}" for n in range(300)]
    labels = [["noise"]] * 300 + [["water_supply"]] * 300
    models = LabelModels.train(texts, labels, regions=["bangkok"] * 599 + ["north"], corpus=PART)
    again = LabelModels.from_bytes(models.to_bytes())
    text, seed = "จัมโบ้หน้าบ้าน", Analyser(LabelModels.learn_seed(PART))
    for one in (models, again):
        assert one.regions == ("bangkok",) and one.is_general("north") and not one.is_general("bangkok")
        local, elsewhere, anywhere = (
            Analyser(one).analyse([text], regions=regions)[0].topics for regions in (["bangkok"], ["north"], None)
        )
        assert local[0].topic_id == anywhere[0].topic_id == "noise"
        assert elsewhere == seed.analyse([text])[0].topics
