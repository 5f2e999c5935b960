"""Reads mutated samples of every source in bounded processes: ``python -m tests.mutations.run --each 200``.

Exits 1 where a mutation crashed a reader, hung, took over 2 GiB, or left a byte or a record unaccounted for.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from pathlib import Path

from jobs.operations.reconcile import _rows_written
from jobs.sources.readers.file import MAX_RECORD_LENGTH, read_pieces
from jobs.sources.readers.piece import Piece
from jobs.sources.record_parser import Parsed, parse
from nlp.mask.values import MAX_QUOTED
from samples.generate import generate
from schemas.contract_files import contracts
from schemas.contracts import Contract
from schemas.rejections import Rejection, RejectionCode
from schemas.tables import columns
from tests.mutations.mutate import CANARY, Sample, mutate
from tests.reading import problem_with

MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 30
_OBSERVED = datetime(2025, 11, 30, tzinfo=UTC)
_QUOTED = re.compile(f"«[^«»]{{0,{MAX_QUOTED + 1}}}»|«.*?»(?= (?:is not a date|is not in|does not look))", re.DOTALL)
_WHOLE = {"int": 2**31, "bigint": 2**63, "smallint": 2**15}


@dataclass
class Outcome:
    """What came of one mutation."""

    source_id: str
    number: int
    name: str = ""
    records: int = 0
    usable: int = 0
    refused: int = 0
    faults: int = 0
    seconds: float = 0.0
    peak_mib: float = 0.0
    problems: list[str] = field(default_factory=list)
    sentences: Counter[str] = field(default_factory=Counter)


def samples(folder: Path) -> dict[str, Sample]:
    """One representative file of each source, the smallest, from a landing folder of samples."""
    found: dict[str, bytes] = {}
    for source_id, contract in contracts().items():
        files = [path for path in (folder / source_id).rglob(contract.files) if path.is_file()]
        if files:
            found[source_id] = min(files, key=lambda path: (path.stat().st_size, path.name)).read_bytes()
    return {source_id: Sample(content, contracts()[source_id], found) for source_id, content in found.items()}


def examine(sample: Sample, number: int) -> Outcome:
    """Reads one mutation as ingest and refine do, and judges what came out."""
    outcome = Outcome(sample.contract.source_id, number)
    outcome.name, content = mutate(sample, number)
    _forget_peak()
    started = time.perf_counter()
    pieces = list(read_pieces(content, sample.contract))
    judged = list(_judged(pieces, sample.contract))
    outcome.seconds = time.perf_counter() - started
    outcome.peak_mib = _peak_mib()
    for piece, parsed in judged:
        outcome.records += piece.part == "record"
        outcome.faults += piece.part == "fault"
        outcome.usable += not parsed.reasons
        outcome.refused += piece.part == "record" and bool(parsed.reasons)
        outcome.sentences.update(_pattern(one) for one in parsed.reasons)
        outcome.problems += [one for one in map(_wrong_sentence_of(sample.contract), parsed.reasons) if one]
        outcome.problems += [] if parsed.reasons else _wrong_values(parsed)
    if problem := problem_with(pieces, content, sample.contract):
        outcome.problems.append(f"It does not add up: {problem}")
    if any(len(one.raw) > MAX_RECORD_LENGTH for one in pieces):
        outcome.problems.append("A piece is longer than a record may be.")
    if not judged and _says_something(content, sample.contract):
        outcome.problems.append("Records were lost without a word.")
    checked = _peak_mib()
    if checked > max(1500, 1.5 * outcome.peak_mib):
        outcome.problems.append(f"The proof took {checked:,.0f} MiB, the reading {outcome.peak_mib:,.0f}.")
    outcome.peak_mib = max(outcome.peak_mib, checked)
    outcome.problems = list(dict.fromkeys(outcome.problems))
    return outcome


def _judged(pieces: list[Piece], contract: Contract) -> Iterator[tuple[Piece, Parsed]]:
    """Each record and fault, and what it says or why it cannot be used."""
    headers = {one.sheet: one.raw for one in pieces if one.part == "header"}
    for number, one in enumerate(pieces):
        if one.part == "record":
            yield one, parse(one.raw, headers.get(one.sheet), contract, _OBSERVED, number, "f" * 64, key=b"k")
        elif one.part == "fault":
            yield one, Parsed(rejections=[Rejection(RejectionCode.UNREADABLE, detail={"problem": str(one.error)})])


def _says_something(content: bytes, contract: Contract) -> bool:
    """Whether a text has more than a line of its own, which a heading may be; or a list with anything in it."""
    if contract.format == "xlsx":
        return (_rows_written(content) or 0) > 1
    if content.startswith((b"\x1f\x8b", b"PK")):
        return False
    found = [line for line in re.split(rb"[\r\n]+", content) if line.strip(b" \t,;|\xef\xbb\xbf\x00")]
    return len(found) > 1 if contract.format == "csv" else re.search(rb"\[\s*[^\s\]]", content) is not None


def _pattern(sentence: str) -> str:
    return re.sub(r"\d[\d,.]*(?=[ ,;.)]|$)", "N", _QUOTED.sub("«…»", sentence))


def _wrong_sentence_of(contract: Contract):
    own = {*contract.named, *contract.headings, contract.identity.pattern or "", contract.encoding, contract.sheets}
    words = re.compile("|".join(re.escape(one) for one in sorted(own, key=len, reverse=True) if one) or "$^")

    def wrong(sentence: str) -> str | None:
        if not sentence.endswith("."):
            return f"This is no sentence: {sentence[:80]!r}."
        if "MemoryError" in sentence:
            return "The reader ran out of memory."
        rest = words.sub("", _QUOTED.sub("", sentence))
        if CANARY in rest or not rest.replace("…", "").isascii() or len(rest) > 400:
            return f"A citizen's words may stand in it: {sentence[:200]!r}."
        return None

    return wrong


def _wrong_values(parsed: Parsed) -> list[str]:
    """What no row of silver.concern_versions can hold."""
    found = [
        f"It has no {name}." for name in ("concern_id", "submitted_at", "content_hash") if name not in parsed.values
    ]
    for name, value in parsed.values.items():
        kind = columns()[name].type.lower() if name in columns() else ""
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and any("\ud800" <= letter <= "\udfff" for letter in one):
                found.append(f"Its {name} is no text that UTF-8 holds.")
            if isinstance(one, int) and kind in _WHOLE and not -_WHOLE[kind] <= one < _WHOLE[kind]:
                found.append(f"Its {name} is too large for {kind}.")
    return found


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return  # the peak of the process so far, then


def _peak_mib() -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found.group(1)) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _work(folder: str, tasks: Connection) -> None:
    """A process that examines what it is sent, within its memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    known = samples(Path(folder))
    while True:
        source_id, number = tasks.recv()
        try:
            tasks.send(examine(known[source_id], number))
        except BaseException as error:
            frames = error.__traceback__
            while frames is not None and frames.tb_next is not None:
                frames = frames.tb_next
            where = f"{Path(frames.tb_frame.f_code.co_filename).name}:{frames.tb_lineno}" if frames else ""
            problem = f"It raised {type(error).__name__} at {where}: {str(error)[:120]}"
            tasks.send(Outcome(source_id, number, problems=[problem]))


class Worker:
    """A process of its own and what it is at."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        self.here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self.process = context.Process(target=_work, args=(self.folder, there), daemon=True)
        self.process.start()
        there.close()
        self.task: tuple[str, int] | None = None
        self.since, self.is_warm = 0.0, False

    def give(self, task: tuple[str, int]) -> None:
        self.task, self.since = task, time.monotonic()
        self.here.send(task)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.here.close()

    def failed(self, problem: str) -> Outcome:
        assert self.task is not None
        outcome = Outcome(*self.task, problems=[problem])
        self.end()
        self.start()
        return outcome


def run(tasks: list[tuple[str, int]], folder: str, processes: int) -> Iterator[Outcome]:
    """The outcomes of all tasks, as they come. A process that dies or hangs is an outcome too."""
    waiting = list(reversed(tasks))
    workers = [Worker(folder) for _ in range(processes)]
    try:
        while waiting or any(worker.task for worker in workers):
            for worker in workers:
                if worker.task is None and waiting:
                    worker.give(waiting.pop())
            ready = wait([worker.here for worker in workers if worker.task], timeout=1)
            for worker in workers:
                if worker.task and worker.here in ready:
                    try:
                        outcome = worker.here.recv()
                        worker.task, worker.is_warm = None, True
                        yield outcome
                    except (EOFError, OSError):
                        worker.process.join()
                        yield worker.failed(f"It ended the process (exit {worker.process.exitcode}).")
                # The first task of a process waits for its modules; making a mutation takes seconds too.
                elif worker.task and time.monotonic() - worker.since > MOST_SECONDS + (10 if worker.is_warm else 40):
                    yield worker.failed(f"It ran over {MOST_SECONDS} seconds.")
    finally:
        for worker in workers:
            worker.end()


def mutated(each: int, processes: int = 2, only: str | None = None, first: int = 0) -> list[Outcome]:
    """The outcomes of ``each`` mutations of every source."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        known = [one for one in samples(Path(folder)) if only in (None, one)]
        tasks = [(source_id, first + number) for source_id in known for number in range(each)]
        outcomes: list[Outcome] = []
        for outcome in run(tasks, folder, processes):
            outcome.name = outcome.name or mutate_name(outcome)
            if outcome.seconds > MOST_SECONDS:
                outcome.problems.append(f"It ran over {MOST_SECONDS} seconds.")
            outcomes.append(outcome)
            if outcome.problems and __name__ == "__main__":
                print(f"! {said(outcome)}", file=sys.stderr, flush=True)
        return outcomes


def mutate_name(outcome: Outcome) -> str:
    from tests.mutations.mutate import chosen

    return chosen(contracts()[outcome.source_id], outcome.number)[0]


def said(outcome: Outcome) -> str:
    return f"{outcome.source_id} {outcome.number} ({outcome.name}): {' '.join(outcome.problems[:3])}"


def table(outcomes: list[Outcome]) -> str:
    """One line a source."""
    lines = ["source                    files   records    usable   refused   faults  slowest s  peak MiB  problems"]
    for source_id in sorted({one.source_id for one in outcomes}):
        mine = [one for one in outcomes if one.source_id == source_id]
        sums = [sum(getattr(one, name) for one in mine) for name in ("records", "usable", "refused", "faults")]
        slowest, peak = max(one.seconds for one in mine), max(one.peak_mib for one in mine)
        lines.append(
            f"{source_id:<24} {len(mine):>6} {sums[0]:>9} {sums[1]:>9} {sums[2]:>9} {sums[3]:>8} "
            f"{slowest:>10.1f} {peak:>9.0f} {sum(bool(one.problems) for one in mine):>9}"
        )
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=200, help="mutations of each source")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--source", help="only this one")
    options.add_argument("--first", type=int, default=0, help="number of the first mutation, to look at one again")
    given = options.parse_args()
    outcomes = mutated(given.each, given.processes, given.source, given.first)
    print(table(outcomes))
    sentences = sum((one.sentences for one in outcomes), Counter())
    print("\nMost common sentences")
    for sentence, count in sentences.most_common(25):
        print(f"{count:>9}  {sentence}")
    slowest = sorted(outcomes, key=lambda one: -one.seconds)[:5]
    print("\nSlowest: " + ", ".join(f"{one.source_id} {one.number} {one.name} {one.seconds:.1f} s" for one in slowest))
    failed = [one for one in outcomes if one.problems]
    print(f"\n{len(outcomes)} mutations, {len(failed)} with a problem")
    for one in failed:
        print(f"! {said(one)}")
    return int(bool(failed))


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each thread of it takes address space
    sys.exit(main())
