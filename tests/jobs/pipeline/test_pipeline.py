"""From a landing folder to gold: what a run leaves, what a second one does, what an erasure removes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.dataset as pads
import pytest

from jobs.operations import backfill, erase, maintain, quarantine, reconcile, retain
from jobs.pipeline import aggregate, classify, consolidate, ingest, land, link_duplicates, link_laos, parse, reference
from jobs.quality import check_table, suites, tables_with_suites, validate
from jobs.quality.data_docs import DataDocs
from jobs.topic_models import registry
from jobs.topic_models.labelling import import_form, queue
from lake import archive, server
from lake.commits import append
from lake.settings import settings
from nlp.corpus import load_corpus
from nlp.label_models import LabelModels
from schemas.contract_files import contracts
from schemas.errors import UserError
from schemas.tables import columns, tables
from tests.personal_data.scan import holders

pytestmark = pytest.mark.spark


def post(key: str, text: str, day: str = "2025-01-05", place: str = "เมือง, ยะลา") -> str:
    data = {"id": key, "text": text, "created_at": f"{day}T05:00:00.000Z"}
    content = {"data": data, "includes": {"places": [{"full_name": place}]}}
    return json.dumps(content, ensure_ascii=False) + "\n"


def deliver(name: str, *lines: str) -> None:
    path = Path(settings().landing) / "social_posts" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


TO_SILVER = (ingest, reference, parse, consolidate, classify)


def run_all(spark, steps=(*TO_SILVER, link_laos, link_duplicates, aggregate)) -> dict[str, dict[str, int]]:
    counts = {"land": land.run()}
    for step in steps:
        counts[step.__name__.split(".")[-1]] = step.run(spark)
    return counts


def open_records(spark, source_id: str | None = None):
    return quarantine.records(spark, source_id, None, None, "open", 10)[1]


@pytest.fixture(scope="module")
def first(spark):
    deliver(
        "2025-01-31.jsonl",
        post("1", "ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มบ่อยมาก"),
        post("2", "น้ำประปาไม่ไหลมาสามวันแล้ว"),
        post("3", "ไฟส่องสว่างริมทางดับทั้งซอย โทร 0812345678"),
        post("2", "น้ำประปาไม่ไหลมาสามวันแล้ว"),
        '{"data": {"id": "4"\n',
        post("5", ""),
        post("6", "น้ำท่วมบ้าน", day="2025-02-30"),
    )
    return run_all(spark)


def one(spark, sql: str):
    return tuple(spark.sql(sql).collect()[0])


def test_every_record_ends_somewhere(spark, first):
    assert first["ingest"]["records"] == 7
    counts = first["parse"]
    assert (counts["versions"], counts["repeats"], counts["quarantined"], counts["erased"]) == (3, 1, 3, 0)
    proof = reconcile.reconcile(spark)
    assert proof.is_exact, proof.problems


def test_the_quarantine_says_why_in_sentences(spark, first):
    reasons = [row.reasons for row in open_records(spark, "social_posts")]
    assert reasons == [
        ["The line is not a JSON object; it may be cut off."],
        [
            "It has no text (field data.text).",
            "It has neither text nor a label, so its subject is not known.",
        ],
        [
            "Its submitted_at «2025-02-30T05:00:00.000Z» is not a date or time of the gregorian calendar "
            "(field data.created_at)."
        ],
    ]


def test_concerns_have_topics_and_masked_words(spark, first):
    rows = spark.sql(
        "SELECT source_record_id, primary_topic_id, text FROM silver.concerns JOIN silver.concern_labels "
        "USING (concern_id) ORDER BY 1"
    ).collect()
    assert [row.primary_topic_id for row in rows] == ["roads", "water_supply", "street_lighting"]
    assert rows[2].text == "ไฟส่องสว่างริมทางดับทั้งซอย โทร [PHONE]"


def test_trends_are_dense_where_there_are_data_and_silent_where_there_are_none(spark, first):
    month = "period_type = 'month' AND channel = 'all'"
    assert one(
        spark, f"SELECT concern_count, share FROM gold.province_trends WHERE {month} AND topic_id = 'roads'"
    ) == (1, 1 / 3)
    assert one(spark, f"SELECT concern_count FROM gold.province_trends WHERE {month} AND topic_id = 'drugs'") == (0,)
    assert one(spark, "SELECT count(DISTINCT province_code), count(DISTINCT period_start) FROM gold.province_trends "
               "WHERE period_type = 'month'") == (1, 1)  # fmt: skip


def versions(spark) -> dict[str, int]:
    from lake.progress import delta_version

    return {name: delta_version(spark, name) for name in tables()}


def test_a_second_run_writes_nothing(spark, first):
    before = versions(spark)
    run_all(spark)
    assert versions(spark) == before


def test_rows_of_a_killed_run_are_removed(spark, first):
    stray = spark.table("silver.concern_versions").limit(1).selectExpr("* EXCEPT (batch_id)", "99 AS batch_id")
    append(stray, "silver.concern_versions")
    assert not reconcile.reconcile(spark).is_exact
    run_all(spark, TO_SILVER)
    assert reconcile.reconcile(spark).is_exact


def test_a_file_that_comes_again_under_an_earlier_name_is_not_read_twice_but_dated_anew(spark, first):
    content = (Path(settings().landing) / "social_posts" / "2025-01-31.jsonl").read_text(encoding="utf-8")
    deliver("2025-01-30.jsonl", content)
    counts = run_all(spark, TO_SILVER)
    assert (counts["ingest"]["files"], counts["ingest"]["redated"]) == (0, 1)
    assert one(spark, "SELECT count(DISTINCT observed_at), max(observed_at) FROM silver.concern_versions")[0] == 1
    assert one(spark, "SELECT string(max(observed_at)) FROM silver.version_repeats") == ("2025-01-30 00:00:00",)
    assert reconcile.reconcile(spark).is_exact


def test_a_file_whose_name_has_no_date_is_refused_until_it_comes_with_one(spark, first):
    deliver("undated.jsonl", post("7", "ขยะล้นถัง"))
    assert run_all(spark, TO_SILVER)["ingest"]["refused"] == 1
    assert one(spark, "SELECT count(*) FROM silver.concerns") == (3,)
    deliver("2025-02-28.jsonl", post("7", "ขยะล้นถัง"))
    assert run_all(spark, TO_SILVER)["ingest"]["files"] == 1
    assert one(spark, "SELECT count(*) FROM silver.concerns") == (4,)
    assert reconcile.reconcile(spark).is_exact


def test_the_quarantine_is_filtered_and_shows_a_record_masked_beside_its_reasons(spark, first):
    assert quarantine.records(spark, None, "gregorian", "2025-01", "open", 10)[0] == 1
    assert quarantine.records(spark, None, None, "2024", "open", 10) == (0, [])
    with pytest.raises(UserError, match="there is no state shut"):
        quarantine.records(spark, None, None, None, "shut", 10)
    row = open_records(spark)[0]
    shown = quarantine.show(spark, "social_posts", row.file_sha256[:10], row.record_number, is_restricted=True)
    assert shown == {"record": '{"data": {"id": "4"\n', "reasons": row.reasons[0], "state": "open"}
    shown = quarantine.show(spark, "social_posts", row.file_sha256[:10], row.record_number, is_restricted=False)
    assert shown["record"] == "(it cannot be opened)"
    with pytest.raises(UserError, match="there is no source nosuch: choose one of"):
        quarantine.records(spark, "nosuch", None, None, "open", 10)


def test_replay_leaves_what_is_still_unusable_open(spark, first):
    assert parse.replay(spark) == {"tried": 3, "replayed": 0, "open": 3}
    assert reconcile.reconcile(spark).is_exact


def test_a_dismissed_record_is_still_accounted_for(spark, first):
    row = open_records(spark, "social_posts")[0]
    quarantine.dismiss(spark, "social_posts", row.file_sha256[:10], row.record_number, "cut off at the source")
    assert len(open_records(spark)) == 2
    assert reconcile.reconcile(spark).is_exact
    with pytest.raises(UserError, match="there is no such open record"):
        quarantine.dismiss(spark, "social_posts", row.file_sha256, row.record_number, "again")


def test_an_erased_concern_leaves_every_table_and_does_not_come_back(spark, first):
    erase.run(spark, "social_posts", ["3"], "asked for by the citizen")
    assert on_disk("0812345678") != []  # in files of older versions
    deliver("2025-03-31.jsonl", post("3", "ไฟส่องสว่างริมทางดับทั้งซอย โทร 0812345678"), post("8", "ต้นไม้ล้มขวางทาง"),
            post("10", "แจ้งอีกครั้ง ถนนหน้าโรงเรียนเป็นหลุมลึก รถล้มบ่อยมาก", day="2025-01-06"))  # fmt: skip
    counts = run_all(spark)
    assert counts["parse"]["erased"] == 1
    assert one(spark, "SELECT count(*) FROM silver.concerns WHERE source_record_id = '3'") == (0,)
    of_concerns = ("events", "labels", "topics", "laos", "links", "signatures")
    for table in [f"silver.concern_{name}" for name in of_concerns]:
        assert one(
            spark,
            f"SELECT count(*) FROM {table} WHERE concern_id NOT IN (SELECT concern_id FROM silver.concerns)",
        ) == (0,)
    assert one(spark, "SELECT sum(concern_count) - sum(unique_count) FROM gold.daily WHERE topic_level = 'all'") == (1,)
    assert one(spark, "SELECT count(*) FROM bronze.records WHERE raw LIKE '%0812345678%'") == (0,)
    kept = [archive.data_address(row.source_id, row.file_sha256) for row in spark.table("bronze.files").collect()]
    assert not any(b"0812345678" in Path(path).read_bytes() for path in kept if Path(path).exists())
    assert reconcile.reconcile(spark).is_exact
    assert erase.remove_old_files(spark) > 10
    assert on_disk("0812345678") == []


def on_disk(text: str) -> list[Path]:
    """Files of the lake, bronze and the archive that hold a text."""
    return holders([text.encode()], Path(settings().lake), Path(settings().restricted))


def test_what_was_erased_stays_so_when_it_lands_again_alone_or_among_others_usable_or_not(spark, first):
    erased = post("3", "ไฟส่องสว่างริมทางดับทั้งซอย โทร 0812345678")
    deliver("2025-01-31-again.jsonl", erased)
    deliver("2025-04-01.jsonl", erased, post("3", "", day="0812345678"), post("12", "ป้ายจราจรหักล้มขวางทาง"))
    counts = run_all(spark, TO_SILVER)
    assert (counts["parse"]["erased"], counts["parse"]["versions"]) == (3, 1)
    assert on_disk("0812345678") == []
    assert reconcile.reconcile(spark).is_exact


def test_an_id_that_is_a_telephone_is_nowhere_and_its_concern_is_found_and_erased_by_it(spark, first):
    deliver("2025-04-02.jsonl", post("089-765-4321", "ไฟดับทั้งซอย"), post("089-765-4321", "", day="0897654321"))
    run_all(spark, TO_SILVER)
    kept = one(spark, "SELECT source_record_id, concern_id FROM silver.concerns WHERE source_record_id LIKE 'keyed-%'")
    assert [len(part) for part in kept] == [len("keyed-") + 32, 32]
    spellings = [b"089-765-4321", b"0897654321"]
    assert holders(spellings, Path(settings().lake)) == []
    assert erase.run(spark, "social_posts", ["089-765-4321"], "asked for")["records"] == 2
    run_all(spark)
    erase.remove_old_files(spark)
    assert holders(spellings, Path(settings().lake), Path(settings().restricted)) == []
    with pytest.raises(UserError, match="no concern with that id"):
        erase.run(spark, "social_posts", ["089-765-4322"], "asked for")
    known = versions(spark)
    with pytest.raises(UserError, match=r"no concern with that id \(number 2 of 2\)"):
        erase.run(spark, "social_posts", ["1", "089-765-4322"], "asked for")
    assert versions(spark) == known, "of several ids one is wrong: nothing is erased"


def test_the_logs_of_tables_keep_no_least_and_greatest_value_of_what_tells_of_a_person(spark, first):
    personal = {name for name, column in columns().items() if column.is_personal}
    logs = [path for root in (settings().lake, settings().restricted) for path in Path(root).rglob("_delta_log/*.json")]
    seen: set[str] = set()
    for line in (line for path in logs for line in path.read_text(encoding="utf-8").splitlines()):
        statistics = json.loads(line).get("add", {}).get("stats")
        seen |= set(json.loads(statistics).get("minValues", {})) if statistics else set()
    assert seen & personal == set()
    # Posts have no time of change, so that of `updated_at` there is no least or greatest value here.
    assert {"batch_id", "file_sha256", "submitted_date", "version_at", "province_code"} <= seen


FOLDED = ("silver.concerns", "silver.concern_events", "silver.concern_labels", "gold.daily")


def fingerprint(spark) -> dict[str, str]:
    return {name: str(one(spark, f"SELECT count(*), bit_xor(xxhash64(*)) FROM {name}")) for name in FOLDED}


def test_reading_again_by_the_same_contract_changes_nothing(spark, first):
    before = fingerprint(spark)
    assert backfill.run(spark, "social_posts")["files"] > 1
    counts = run_all(spark)
    assert counts["parse"]["versions"] > 0 and counts["ingest"]["files"] == 0
    assert fingerprint(spark) == before
    assert reconcile.reconcile(spark).is_exact


def test_reading_again_by_another_contract_leaves_no_concern_of_the_former_one(spark, first, monkeypatch):
    before = fingerprint(spark)
    contract = contracts()["social_posts"]
    other = contract.model_copy(update={"identity": contract.identity.model_copy(update={"id_namespace": "elsewhere"})})
    backfill.run(spark, "social_posts", since=date(2025, 2, 1))
    with monkeypatch.context() as patch:
        patch.setattr(parse, "contracts", lambda: {"social_posts": other})
        run_all(spark, TO_SILVER)
    assert one(spark, "SELECT count(*) FROM silver.concerns WHERE concern_id NOT IN "
               "(SELECT concern_id FROM silver.concern_versions)") == (0,)  # fmt: skip
    assert reconcile.reconcile(spark).is_exact
    assert fingerprint(spark)["silver.concerns"] != before["silver.concerns"]
    backfill.run(spark, "social_posts")
    run_all(spark)
    assert fingerprint(spark) == before
    with pytest.raises(UserError, match="there is no source nowhere"):
        backfill.run(spark, "nowhere")


def test_a_batch_that_breaks_a_suite_is_not_committed_and_rows_are_named_by_key(spark, first, monkeypatch):
    before = {name: version for name, version in versions(spark).items() if not name.startswith("ops.")}
    deliver("2025-04-30.jsonl", post("9", "ฝาท่อระบายน้ำหาย โทร 0898765432"))
    monkeypatch.setattr(suites, "KINDS", ("praise",))
    land.run()
    for step in (ingest, parse, consolidate):
        step.run(spark)
    with pytest.raises(UserError, match=r"«A kind is one that Siang knows\.» fails in kind on 1 row") as refused:
        classify.run(spark)
    assert "0898765432" not in str(refused.value)
    after = versions(spark)
    assert all(after[name] == before[name] for name in ("silver.concern_labels", "silver.concern_topics", "gold.daily"))
    assert one(spark, "SELECT suite, column_name, broken_count, size(examples) FROM ops.checks WHERE NOT is_met") == (
        "silver.concern_labels",
        "kind",
        1,
        1,
    )
    monkeypatch.undo()
    assert run_all(spark)["classify"]["concerns"] == 1


@pytest.mark.parametrize(
    ("in_memory", "names"),
    [(300_000, tables_with_suites()), (0, ["silver.concerns"])],
    ids=["in memory", "on Spark"],
)
def test_whole_tables_are_checked_and_the_pages_hold_counts_alone(
    spark, first, in_memory, names, monkeypatch, tmp_path
):
    monkeypatch.setattr(validate, "IN_MEMORY_ROWS", in_memory)
    docs = DataDocs(tmp_path)
    for name in names:
        unmet = [outcome.sentence for outcome in check_table(spark, docs, name) if not outcome.is_met]
        assert not unmet, name
    assert docs.write().exists()
    pages = "".join(page.read_text(encoding="utf-8") for page in tmp_path.rglob("*.html"))
    assert "silver.concerns" in pages
    assert "ฝาท่อ" not in pages and "ถนนหน้าโรงเรียน" not in pages


def test_maintenance_removes_for_good_what_was_erased(spark, first):
    folder = Path(settings().restricted) / "bronze" / "records"
    names = ["bronze.records", "silver.quarantine"]
    assert maintain.run(spark, vacuum_hours=0, names=names)["tables"] == 2
    words = pads.dataset(folder, format="parquet", exclude_invalid_files=True).to_table(columns=["raw"])["raw"]
    assert len(words) and not any("0812345678" in raw for raw in words.to_pylist() if raw)
    assert reconcile.reconcile(spark).is_exact


def test_raw_words_go_when_they_were_kept_long_enough_and_all_else_stays(spark, first, monkeypatch):
    before = fingerprint(spark)
    monkeypatch.setenv("SIANG_RETENTION_DAYS", "30")
    settings.cache_clear()
    assert retain.run(spark)["files"] == 0
    assert retain.run(spark, now=datetime.now(UTC) + timedelta(days=31))["files"] > 1
    monkeypatch.undo()
    settings.cache_clear()
    assert one(spark, "SELECT count(*) FROM bronze.records WHERE raw IS NOT NULL") == (0,)
    run_all(spark)
    assert fingerprint(spark) == before
    assert open_records(spark) == []
    assert reconcile.reconcile(spark).is_exact
    assert backfill.run(spark, "social_posts") == {"files": 0}


def test_a_model_in_use_is_the_last_promoted_and_goes_one_step_back(spark, first):
    _, seed = registry.current(spark)
    with pytest.raises(UserError, match="which has no predecessor"):
        registry.revert(spark)
    model = LabelModels.train(["ถนนพัง", "น้ำไม่ไหล"] * 30, [["roads"], ["water_supply"]] * 30, corpus=load_corpus()[::20])
    registry.store(spark, model, training_count=60, scores={"micro_f1": 0.5}, promoted=True)
    assert registry.current(spark)[1] == model.version
    assert run_all(spark, TO_SILVER)["classify"]["concerns"] > 1
    assert registry.revert(spark) == (model.version, seed)
    assert run_all(spark, TO_SILVER)["classify"]["concerns"] > 1
    assert [row["promoted_at"] is not None for row in registry.list_models(spark)] == [True]


def test_a_correction_settles_its_concern_for_good_and_figures_follow(spark, first, tmp_path, caplog):
    caplog.set_level("INFO", "jobs")
    run_all(spark)
    (asked, *_) = queue.texts_to_label(spark, 5, "95")
    before = one(spark, f"SELECT primary_topic_id FROM silver.concern_labels WHERE concern_id = '{asked.concern_id}'")
    assert before != ("drugs",)
    path = tmp_path / "labels.csv"
    path.write_text(
        f"concern_id,drawn_from,topic_1,topic_2,kind\n{asked.concern_id},95,drugs,roads,tip_off\nnobody,,roads,,\n",
        encoding="utf-8",
    )
    for taken, known in ((1, 0), (0, 1)):  # the same file again says nothing new
        with pytest.raises(UserError, match=r"1 of 2 rows of labels\.csv have a slip"):
            import_form.run(spark, str(path))
        assert "row 3, column concern_id" in caplog.messages[-1]
        assert one(spark, "SELECT count(*) FROM ops.corrections") == (1,), (taken, known)
    counts = run_all(spark, (classify, aggregate))
    assert (counts["classify"]["concerns"], counts["aggregate"]["days"]) == (1, 1)
    mine = f"WHERE concern_id = '{asked.concern_id}'"
    topics = f"SELECT array_sort(collect_list(struct(topic_id, method))) FROM silver.concern_topics {mine}"
    settled = ([("drugs", "analyst"), ("roads", "analyst")],)
    assert one(spark, topics) == settled
    assert one(spark, f"SELECT kind, primary_topic_id FROM silver.concern_labels {mine}") == ("tip_off", "drugs")
    year = "topic_id = 'drugs' AND period_type = 'fiscal_year' AND province_code = '95' AND channel = 'all'"
    assert one(spark, f"SELECT concern_count, is_provisional FROM gold.province_trends WHERE {year}") == (1, True)
    model = LabelModels.train(["ถนนพัง", "น้ำไม่ไหล"] * 40, [["roads"], ["water_supply"]] * 40, corpus=load_corpus()[::20])
    registry.store(spark, model, training_count=80, scores={}, promoted=True)
    assert run_all(spark, TO_SILVER)["classify"]["concerns"] > 1
    assert one(spark, topics) == settled, "another model says nothing against it"
    registry.revert(spark)
    run_all(spark)
    assert one(spark, topics) == settled
    written = versions(spark)
    run_all(spark)
    assert versions(spark) == written
    with pytest.raises(UserError, match="there is no text of 10 left"):
        queue.texts_to_label(spark, 5, "10")
    assert asked.concern_id not in [other.concern_id for other in queue.texts_to_label(spark, 50, None)]


def test_a_command_that_is_told_to_end_ends_its_work_on_the_server(spark, first):
    """As Airflow clears a task: the query would otherwise go on, and commit, after its command is gone."""
    if settings().spark == "local":
        pytest.skip("in process there is no server that could go on")
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        "from lake.session import open_writer\n"
        "with open_writer() as spark:\n"
        "    print('begun', flush=True)\n"
        "    spark.range(10**13).selectExpr('sum(hash(id))').collect()\n"
    )
    command = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None and command.stdout.readline() == "begun\n"
    (java,) = [process for process in server.processes() if "java" in process.name()]
    _until(lambda: java.cpu_percent(interval=1) > 60)
    command.terminate()
    assert command.wait(timeout=30) == 143
    _until(lambda: java.cpu_percent(interval=1) < 40)


def _until(holds) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline


def test_a_failed_answer_is_refused_once_counts_as_no_file_and_its_day_can_come_again(spark, first, caplog):
    files = one(spark, "SELECT count(*) FROM bronze.files WHERE file_status = 'ingested'")
    deliver("2025-03-31.jsonl", '{"status": "fail", "message": "token expired", "results": []}')
    caplog.clear()
    counts = run_all(spark, TO_SILVER)["ingest"]
    assert (counts["files"], counts["refused"], counts["records"]) == (0, 1, 0)
    assert any("2025-03-31.jsonl: it is refused. The file is an error response" in line for line in caplog.messages)
    assert one(spark, "SELECT count(*) FROM bronze.files WHERE file_status = 'ingested'") == files
    kept = one(spark, "SELECT part, raw FROM bronze.records WHERE part = 'refused'")
    assert tuple(kept) == ("refused", "")
    assert run_all(spark, TO_SILVER)["ingest"] == {"files": 0, "records": 0, "faults": 0, "refused": 0, "redated": 0}
    assert reconcile.reconcile(spark).is_exact
