"""Labelled texts in, a report out: which texts a model is tested on, its figures, plots and card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.topic_models import training
from jobs.topic_models.evaluation.figures import FORMER, IN_USE, KEYWORDS, figures, share, topic_scores
from jobs.topic_models.evaluation.report import predictions, write
from jobs.topic_models.labelled_texts import CHOSEN, DRAWN, SOURCES, LabelledText, split, text_hash, topics_of
from jobs.topic_models.text_clusters import clusters
from nlp.label_models import LabelModels
from nlp.seed_models import seed_models
from nlp.topics import TopicScore
from schemas.topics import load_topics

FLOOD = "น้ำท่วมขังหน้าตลาดสดหลังฝนตกหนักเมื่อคืนนี้ เดินไม่ได้เลย ช่วยมาดูหน่อยครับ"


def labelled(text: str, *topics: str, label_set: str = SOURCES, region: str = "south") -> LabelledText:
    return LabelledText(text, topics or ("roads",), label_set, "desk", "complaint_log", region, "th", "complaint")


def in_lesson(wanted: bool, start: int = 0) -> str:
    """A text that its hash puts among those to learn from, or among those held back."""
    texts = (f"ถนนหน้าบ้านเลขที่กลุ่ม{number * 7919}พังมานานแล้ว" for number in range(start, start + 1000))
    return next(text for text in texts if (text_hash(text) % 5 != 0) == wanted)


def test_near_duplicates_are_in_one_cluster_and_other_texts_are_not():
    texts = [FLOOD, FLOOD + " ด่วน", FLOOD.replace(" ", ""), "ถนนเป็นหลุมลึกหน้าโรงเรียน", "ไฟดับ", "ไฟดับ", ""]
    assert clusters(texts).tolist() == [0, 0, 0, 1, 2, 2, 3]
    assert clusters([]).tolist() == []


def test_a_chain_of_near_duplicates_is_one_cluster():
    more = ("", " ขอบคุณครับ", " เดือดร้อนกันทั้งซอย", " แม่ค้าขายของไม่ได้เลย", " กลิ่นเหม็นมากด้วย")
    steps = [FLOOD + "".join(more[: number + 1]) for number in range(len(more))]
    assert len(set(clusters([steps[0], steps[-1]]).tolist())) == 2
    assert len(set(clusters(steps).tolist())) == 1


def test_no_near_duplicate_of_a_text_that_is_tested_is_learned_from():
    held, learned = in_lesson(False), in_lesson(True)
    lesson, test = split([labelled(held), labelled(held + "!!"), labelled(learned), labelled("ไฟดับทั้งซอยมาสามคืนแล้ว")])
    assert held in [one.text for one in test]
    assert not {held, held + "!!"} & {one.text for one in lesson}
    assert learned in [one.text for one in lesson]


def test_what_a_model_has_learned_is_not_tested_nor_what_is_nearly_like_it():
    held = in_lesson(False)
    assert [one.text for one in split([labelled(held)])[1]] == [held]
    assert split([labelled(held)], learned=[text_hash(held)])[1] == []
    assert split([labelled(held), labelled(held + "!!")], learned=[text_hash(held + "!!")])[1] == []


def test_a_text_drawn_to_score_by_is_never_learned_from():
    texts = [labelled(in_lesson(True, start), label_set=DRAWN) for start in (0, 2000, 4000)]
    lesson, test = split(texts)
    assert lesson == [] and len(test) == 3


def test_an_analyst_weighs_three_times_a_source(monkeypatch: pytest.MonkeyPatch):
    taught: list[tuple[str, ...]] = []

    def train(texts: list[str], topics: list[tuple[str, ...]], kinds: list[tuple[str, str]], *, regions: list[str]):
        taught.extend(zip(texts, topics, strict=True))
        # A region is counted by its texts, not by their weight.
        assert kinds == [("b", "request")] * training.ANALYST_WEIGHT and len(regions) == 2

    monkeypatch.setattr(LabelModels, "train", train)
    training.learn(
        [labelled("a", "roads"), replace(labelled("b", "drugs", label_set=CHOSEN), corrected_kind="request")]
    )
    assert taught == [("a", ("roads",)), *[("b", ("drugs",))] * training.ANALYST_WEIGHT]


def test_a_model_is_judged_by_analysts_where_there_are_enough_of_their_labels():
    drawn = [labelled(str(number), label_set=DRAWN) for number in range(training.MIN_TEXTS)]
    sources = [labelled("s")]
    assert training.judging_texts([*drawn, *sources]) == drawn
    assert training.judging_texts([*drawn[1:], *sources]) == sources


def test_labels_of_sources_mean_their_topics_and_unknown_ones_none():
    assert topics_of(["ถนน", "อื่นๆ", "ไม่มีป้ายนี้"]) == ("roads",)
    assert topics_of(["อื่นๆ"]) == ()


def test_what_no_label_of_a_source_means_is_neither_right_nor_wrong_by_it():
    def say(*topics: str) -> list[TopicScore]:
        return [TopicScore(one, 0.9, "model") for one in topics]

    texts = [labelled("a", "roads"), labelled("b", "drainage"), labelled("c", "roads", label_set=DRAWN)]
    own = [say("electricity", "roads"), say("electricity"), say("electricity", "roads")]
    found = figures(texts, {IN_USE: own})
    by_source, by_analyst = found[SOURCES], found[DRAWN]
    assert set(by_source.topics[IN_USE]) == {"roads", "drainage"}
    assert by_source.models[IN_USE].first_topic_right.point == 0.5 and by_source.confusion == {("roads", "roads"): 1}
    assert by_analyst.topics[IN_USE]["electricity"].precision.point == 0
    assert by_analyst.models[IN_USE].first_topic_right.point == 0


def test_scores_of_a_topic_with_wilsons_intervals():
    found = topic_scores(
        [["roads"], ["roads"], ["drainage"], ["roads"]], [["roads"], ["roads"], ["roads"], ["drainage"]]
    )
    roads = found["roads"]
    assert list(found) == ["roads", "drainage"]
    assert (roads.labelled, roads.said, roads.precision.point, roads.recall.point) == (3, 3, 2 / 3, 2 / 3)
    assert roads.f1.point == pytest.approx(2 / 3)
    assert roads.f1.lower < roads.f1.point < roads.f1.upper < 1
    assert found["drainage"].f1.point == 0 and found["drainage"].f1.upper > 0.5, "of one text little is known"
    assert share(0, 0).point is None


def test_figures_are_apart_by_whose_labels_and_by_region():
    texts = [
        *[labelled(str(number), "roads", region="bangkok") for number in range(30)],
        *[labelled(f"y{number}", "drainage") for number in range(10)],
        *[labelled(f"a{number}", "roads", label_set=DRAWN) for number in range(4)],
    ]
    own = [[TopicScore("roads", 0.9, "model")]] * 44
    none = [[TopicScore("other", 0.6, "keywords")]] * 44
    found = figures(texts, {IN_USE: own, KEYWORDS: none})
    assert list(found) == [DRAWN, SOURCES]
    by_sources = found[SOURCES]
    assert by_sources.texts == 40 and by_sources.models[IN_USE].first_topic_right.point == 0.75
    assert [(name, one.texts, one.micro_f1.point) for name, one in by_sources.slices["region"].items()] == [
        ("bangkok", 30, 1.0),
        ("south", 10, 0.0),
    ]
    assert {name: one.texts for name, one in by_sources.slices["characters"].items()} == {"under 30": 40}
    assert {name: one.texts for name, one in by_sources.slices["kind"].items()} == {"complaint": 40}
    assert by_sources.confusion == {("roads", "roads"): 30, ("drainage", "roads"): 10}
    assert by_sources.calibration_error == pytest.approx(0.15)
    assert by_sources.better_than == {KEYWORDS: True}


def test_a_report_of_the_examples_is_written_with_plots_and_a_card_and_twice_the_same(tmp_path: Path):
    texts = [
        labelled(example, topic.topic_id, label_set=DRAWN if place % 2 else SOURCES, region="north")
        for topic in load_topics()[:8]
        for place, example in enumerate(topic.examples)
    ]
    model = seed_models()
    found = figures(texts, predictions(texts, {IN_USE: model, FORMER: model}))
    names = {IN_USE: model.version, FORMER: "seed-0", KEYWORDS: "keywords"}
    contents: list[dict[str, bytes]] = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        write(folder, model.version, model.metadata, found, names)
        contents.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert contents[0] == contents[1]
    plots = [
        f"{plot}_{label_set}.png" for plot in ("topics", "confusion", "calibration") for label_set in (DRAWN, SOURCES)
    ]
    assert sorted(contents[0]) == sorted(["figures.json", "model_card.md", *plots])
    assert all(contents[0][name].startswith(b"\x89PNG") for name in plots)
    card = contents[0]["model_card.md"].decode()
    assert "## What it is not for" in card and "emergencies" in card
    of_drawn = json.loads(contents[0]["figures.json"])["yardsticks"][DRAWN]
    micro = of_drawn["models"][IN_USE]["micro_f1"]["point"]
    assert micro == round(found[DRAWN].models[IN_USE].micro_f1.point or 0, 4) and f"{micro:.3f}" in card
    assert not any(one.text in card for one in texts), "a card quotes no one"
