"""Seeded mutations of a sample file's bytes: what careless exports, broken transfers and attackers make of it.

Each mutation takes a ``Sample`` and a random generator and gives bytes; the same seed gives the same bytes.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jobs.sources.readers.unpack import unpack
from schemas.contracts import TIMES, Contract
from tests.mutations.table import Nested, Table, column, dump, load, members, packed, workbook

# Stands for a citizen's words: it may be in no sentence, save between « and ».
CANARY = "ZQXVJK"
HUGE = 5 * 1024**2
BOMB = 2 * 1024**3
_BLOCK = 64 * 1024**2
TEXT = frozenset(("csv", "json", "json_lines", "geojson"))
JSON = TEXT - {"csv"}
TABLES = frozenset(("csv", "xlsx"))
EVERY = TEXT | {"xlsx"}


@dataclass(frozen=True)
class Sample:
    """A sound file, its contract, and the files of the other sources."""

    content: bytes
    contract: Contract
    others: Mapping[str, bytes]

    @property
    def plain(self) -> bytes:
        return self.content if self.contract.format == "xlsx" else unpack(self.content)[0]

    def table(self) -> Table:
        return load(self.content, self.contract)

    def written(self, table: Table) -> bytes:
        return dump(table, self.contract)


Mutation = Callable[[Sample, random.Random], bytes]
MUTATIONS: dict[str, tuple[frozenset[str], Mutation]] = {}


def mutation(*formats: str) -> Callable[[Mutation], Mutation]:
    """Registers a mutation for these formats (for every one by default)."""

    def register(function: Mutation) -> Mutation:
        MUTATIONS[function.__name__] = (frozenset(formats) or EVERY, function)
        return function

    return register


def chosen(contract: Contract, number: int) -> tuple[str, random.Random]:
    """The mutation of a number, and its generator: every mutation in turn, in an order of the source's own."""
    names = sorted(name for name, (formats, _) in MUTATIONS.items() if contract.format in formats)
    random.Random(contract.source_id).shuffle(names)
    return names[number % len(names)], random.Random(f"{contract.source_id}:{number}")


def mutate(sample: Sample, number: int) -> tuple[str, bytes]:
    """The name of the mutation of this number, and the mutated bytes; some of them packed, as exports come."""
    name, rng = chosen(sample.contract, number)
    content = MUTATIONS[name][1](sample, rng)
    packing = rng.randrange(8)
    if sample.contract.format != "xlsx" and content[:2] not in (b"\x1f\x8b", b"PK") and packing < 2:
        content = gzip.compress(content, mtime=0) if packing else packed({"export.txt": content})
    return name, content


# Columns and values: well-formed files that say something else.


def _leaves(record: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, value in record.items():
        found += _leaves(value, (*path, key)) if isinstance(value, dict) else [(*path, key)]
    return found


def _holder(record: Any, path: tuple[str, ...]) -> dict[str, Any]:
    for step in path[:-1]:
        record = record.get(step) if isinstance(record, dict) else None
    return record if isinstance(record, dict) else {}


@mutation()
def column_dropped(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    path = rng.choice(_leaves(table.records[0]))
    table.headings = [name for name in table.headings if name != path[0]]
    for record in table.records:
        _holder(record, path).pop(path[-1], None)
    return sample.written(table)


@mutation()
def column_renamed(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    path = rng.choice(_leaves(table.records[0]))
    new = rng.choice([path[-1] + " ", path[-1].upper(), CANARY, "", "\ufeff" + path[-1], path[-1] * 2000, "ก\u200bข"])
    table.headings = [new if (name,) == path else name for name in table.headings]
    for record in table.records:
        holder = _holder(record, path)
        if path[-1] in holder:
            holder[new] = holder.pop(path[-1])
    return sample.written(table)


@mutation(*TABLES)
def columns_moved(sample: Sample, rng: random.Random) -> bytes:
    """Headings change places and the cells stay: what a sort of part of a sheet does."""
    table = sample.table()
    names = list(table.headings)
    rng.shuffle(names)
    moved = dict(zip(table.headings, names, strict=True))
    table.records = [{moved[name]: value for name, value in record.items()} for record in table.records]
    return sample.written(table)


@mutation(*TABLES)
def column_twice(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    table.headings.insert(rng.randrange(len(table.headings)), rng.choice(table.headings))
    return sample.written(table)


_ODD_VALUES: tuple[Any, ...] = (
    "", None, CANARY, f"{CANARY} 0812345678 1101700203451", "31 ก.พ. 2568", "99/99/9999", "0000-00-00", "๓๑ ม.ค.",
    "2568-01-01T99:99", 1e308, -1e308, 1e400, "NaN", "-inf", 10**18, 10**400, "9" * 5000, 45000.5, -1, True, [], {},
    [[1, [2, [CANARY]]]], {"a": {CANARY: 1}}, "\ud800", "\ud83d", "\x00", "ก\x00ข", "\u202e\u2066", "a\rb", "a\nb",
    "a\u2028b\u0085c\x0bd", "ก" * 200_000, "เ" * 40_000, "(" * 60_000, "0 " * 60_000, "1." * 60_000, "ต." * 60_000,
    "ตำบล " * 40_000, "\u200d" * 60_000, "่" * 60_000, "a@" * 60_000, "2025-01-31 " * 20_000, "\"'" * 30_000,
    "=HYPERLINK(1)", Nested(b"[" * 450 + b"]" * 450), Nested(b"[" * 900 + b"]" * 900),
    Nested(b'{"a":' * 900 + b"1" + b"}" * 900), "\\", "«»", "{}[]", ",,,",
)  # fmt: skip


def _places(contract: Contract, targets: frozenset[str] | None = None) -> list[tuple[str, ...]]:
    rules = [rule for target, rule in contract.fields.items() if targets is None or target in targets]
    paths = [path for rule in rules for path in rule.places]
    if targets is None:
        paths += contract.identity.fields
    is_table = contract.format in TABLES
    return [(path,) if is_table else tuple(step for step in path.split(".") if not step.isdigit()) for path in paths]


def _set(table: Table, path: tuple[str, ...], value: Any, rng: random.Random, share: float) -> None:
    for record in table.records:
        holder = _holder(record, path)
        if holder and rng.random() < share:
            holder[path[-1]] = value


@mutation()
def values_odd(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    for _ in range(rng.randint(1, 4)):
        _set(table, rng.choice(_places(sample.contract)), rng.choice(_ODD_VALUES), rng, 0.02)
    return sample.written(table)


@mutation()
def values_odd_everywhere(sample: Sample, rng: random.Random) -> bytes:
    """One record with an odd value in each field in turn, over and over."""
    table = sample.table()
    for record in table.records[:60]:
        _set(Table([record], [], "", ""), rng.choice(_places(sample.contract)), rng.choice(_ODD_VALUES), rng, 1)
    return sample.written(table)


@mutation()
def dates_nonsense(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    odd = ["31 ก.พ. 2568", "0", "2568-13-01", "วันนี้", CANARY, "1/1/1", -5, 10**12, "9999-12-31T23:59:59+99:99"]
    odd += ["0001-01-01", "2025-01-31 24:00", "31/12/9999", "ค.ศ. 0000-01-01", "2.5e5", "๓๑/๑๒/๒๕๖๘ ๒๕:๐๐ น."]
    for path in _places(sample.contract, TIMES):
        for record in table.records:
            if (holder := _holder(record, path)) and rng.random() < 0.5:
                holder[path[-1]] = rng.choice(odd)
    return sample.written(table)


@mutation()
def ids_emptied(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    value = rng.choice(["", None, "   ", "-", "\u200b", [], {}])
    is_table = sample.contract.format in TABLES
    for path in sample.contract.identity.fields:
        _set(table, (path,) if is_table else tuple(path.split(".")), value, rng, 0.5)
    return sample.written(table)


@mutation()
def cell_huge(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    value = rng.choice(
        [CANARY + "ก" * (HUGE // 3), "1" * HUGE, "a," * (HUGE // 2), " " * HUGE, "\n" * HUGE, '"' * HUGE]
    )
    path = rng.choice(_places(sample.contract))
    for record in rng.sample(table.records, min(3, len(table.records))):
        _holder(record, path)[path[-1]] = value
    return sample.written(table)


@mutation(*TABLES)
def headings_huge(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    table.headings[0] = "ก" * (HUGE // 3)
    return sample.written(table)


@mutation(*TABLES)
def columns_many(sample: Sample, rng: random.Random) -> bytes:
    table = sample.table()
    table.headings += [f"{CANARY}{number}" for number in range(rng.choice([200, 16_000]))]
    return sample.written(table)


# Bytes of a text: encodings, quotes, line ends, what breaks off.


def _lines(sample: Sample) -> list[bytes]:
    mark = b"\n" if sample.plain.count(b"\n") > 3 else b","
    return [line + mark for line in sample.plain.split(mark)]


@mutation(*TEXT)
def encoding_changed(sample: Sample, rng: random.Random) -> bytes:
    text = sample.plain.decode("utf-8", errors="replace")
    new = rng.choice(["cp874", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-7"])
    return text.encode(new, errors="replace")


@mutation(*TEXT)
def encodings_mixed(sample: Sample, rng: random.Random) -> bytes:
    found = _lines(sample)
    for at in rng.sample(range(len(found)), max(1, len(found) // 10)):
        found[at] = found[at].decode("utf-8", errors="replace").encode("cp874", errors="replace")
    return b"".join(found)


@mutation(*TEXT)
def latin_bytes(sample: Sample, rng: random.Random) -> bytes:
    content = bytearray(sample.plain)
    for _ in range(rng.randint(1, 30)):
        content.insert(rng.randrange(len(content)), rng.choice(b"\xe9\xa0\xff\x80\xc3\x95"))
    return bytes(content)


@mutation(*TEXT)
def marks_added(sample: Sample, rng: random.Random) -> bytes:
    content = bytearray(sample.plain)
    for _ in range(rng.choice([1, 2, 40])):
        content.insert(rng.randrange(len(content)), rng.choice(b'""""\\,;\n\r\t|{}[]:'))
    return bytes(content)


@mutation(*TEXT)
def marks_removed(sample: Sample, rng: random.Random) -> bytes:
    content = bytearray(sample.plain)
    places = [at for at, byte in enumerate(content) if byte in b'"\\,\n{}[]:']
    for at in sorted(rng.sample(places, min(len(places), rng.choice([1, 2, 40]))), reverse=True):
        del content[at]
    return bytes(content)


@mutation(*TEXT)
def every_quote_removed(sample: Sample, rng: random.Random) -> bytes:
    return sample.plain.replace(b'"', rng.choice([b"", b"'", "”".encode(), b'""']))


@mutation(*TEXT)
def line_ends_changed(sample: Sample, rng: random.Random) -> bytes:
    new = rng.choice([b"\r", b"\r", b"\r\n", b"\r\r\n", "\u2028".encode(), b"\x0b", b""])
    return sample.plain.replace(b"\r\n", b"\n").replace(b"\n", new)


@mutation(*TEXT)
def delimiter_changed(sample: Sample, rng: random.Random) -> bytes:
    return sample.plain.replace(b",", rng.choice([b";", b"\t", b"|", b"^", b" ", "，".encode()]))


@mutation()
def truncated(sample: Sample, rng: random.Random) -> bytes:
    content = sample.plain if rng.random() < 0.5 else sample.content
    return content[: rng.choice([1, 2, 10, rng.randrange(len(content)), len(content) - 1])]


@mutation()
def beginning_lost(sample: Sample, rng: random.Random) -> bytes:
    return sample.plain[rng.choice([1, 3, rng.randrange(len(sample.plain))]) :]


@mutation()
def empty(sample: Sample, rng: random.Random) -> bytes:
    return rng.choice([b"", b"\n", b" ", b"\xef\xbb\xbf", b"\x00", b"\xff\xfe", b"\r\n" * 1000, b"[]", b"{}", b"null"])


@mutation()
def other_format(sample: Sample, rng: random.Random) -> bytes:
    others = sorted(set(sample.others) - {sample.contract.source_id}) or sorted(sample.others)
    return sample.others[rng.choice(others)]


@mutation()
def other_kind_of_file(sample: Sample, rng: random.Random) -> bytes:
    html = "<html><head><title>504</title></head><body>ระบบขัดข้อง</body></html>".encode()
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(4000)
    return rng.choice([html, ole, b"%PDF-1.7\n" + rng.randbytes(4000), rng.randbytes(4000), b"\x89PNG" * 1000])


@mutation()
def bytes_flipped(sample: Sample, rng: random.Random) -> bytes:
    content = bytearray(sample.plain if rng.random() < 0.5 else sample.content)
    for _ in range(rng.choice([1, 5, 100])):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


@mutation(*TEXT)
def lines_shuffled(sample: Sample, rng: random.Random) -> bytes:
    found = _lines(sample)
    rng.shuffle(found)
    return b"".join(found)


@mutation(*TEXT)
def lines_repeated(sample: Sample, rng: random.Random) -> bytes:
    found = _lines(sample)
    for _ in range(rng.randint(1, 50)):
        found.insert(rng.randrange(len(found)), rng.choice(found))
    return b"".join(found)


@mutation(*TEXT)
def lines_lost(sample: Sample, rng: random.Random) -> bytes:
    return b"".join(line for line in _lines(sample) if rng.random() < 0.8)


@mutation(*TEXT)
def nulls(sample: Sample, rng: random.Random) -> bytes:
    content = bytearray(sample.plain)
    for _ in range(rng.randint(1, 30)):
        at = rng.randrange(len(content))
        content[at:at] = b"\x00" * rng.choice([1, 1, 4096])
    return bytes(content)


@mutation(*JSON)
def nested_deep(sample: Sample, rng: random.Random) -> bytes:
    """100,000 brackets: in place of the file, before a record, or within one."""
    deep = rng.choice([b"[", b'{"a":', b'[{"features":[']) * 100_000
    at = rng.choice([0, len(sample.plain) // 2, sample.plain.find(b":") + 1, sample.plain.find(b"[") + 1])
    return deep if rng.random() < 0.3 else sample.plain[:at] + deep + sample.plain[at:]


@mutation("csv")
def quote_never_closed(sample: Sample, rng: random.Random) -> bytes:
    found = _lines(sample)
    found[rng.randrange(1, len(found))] = b'"' + CANARY.encode()
    return b"".join(found) * rng.choice([1, 20])


@mutation("json_lines", "json", "geojson")
def records_broken(sample: Sample, rng: random.Random) -> bytes:
    """Each record loses a mark of its own, so that reading takes up again each time."""
    found = sample.plain.replace(b'"}', b"}") if rng.random() < 0.5 else sample.plain.replace(b'{"', b"{")
    return found * rng.choice([1, 10])


@mutation()
def long_file(sample: Sample, rng: random.Random) -> bytes:
    """A sound file, many times its length (5 MB); a workbook of 10,000 rows."""
    table = sample.table()
    if sample.contract.format == "xlsx":
        table.records = table.records * (10_000 // len(table.records) + 1)
        return sample.written(table)
    content = sample.written(table)
    return content * (5_000_000 // len(content) + 1)


# Packing.


@cache
def _zeros() -> tuple[bytes, bytes, int]:
    """BOMB zeros: a deflated stream, one gzip member that stands for a block of them, and their checksum."""
    engine = zlib.compressobj(9, wbits=-15)
    block = bytes(_BLOCK)
    first = engine.compress(block) + engine.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(BOMB // _BLOCK):
        crc = zlib.crc32(block, crc)
    return first * (BOMB // _BLOCK) + engine.flush(), gzip.compress(block, mtime=0), crc


def _zip_of(name: str, deflated: bytes, crc: int, size: int, before: Mapping[str, bytes] | None = None) -> bytes:
    """A zip archive with a member whose compressed bytes and stated size are given."""
    content = packed({name: b"", **(before or {})})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        others = [(one.filename, one.CRC, one.file_size) for one in archive.infolist() if one.filename != name]
    parts, entries, offset = [], [], 0
    bodies = [(name, crc, size, deflated)]
    for other, other_crc, other_size in others:
        bodies.append((other, other_crc, other_size, _deflated((before or {})[other])))
    for one, one_crc, one_size, body in bodies:
        label = one.encode()
        facts = struct.pack("<HHHHHIIIHH", 20, 0x800, 8, 0, 33, one_crc, len(body), one_size, len(label), 0)
        parts.append(b"PK\x03\x04" + facts + label + body)
        entries.append(b"PK\x01\x02\x14\x00" + facts + struct.pack("<HHHII", 0, 0, 0, 0, offset) + label)
        offset += len(parts[-1])
    listing = b"".join(entries)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(listing), offset, 0)
    return b"".join(parts) + listing + end


def _deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(9, wbits=-15)
    return engine.compress(content) + engine.flush()


@mutation()
def gzip_bomb(sample: Sample, rng: random.Random) -> bytes:
    stream, member, crc = _zeros()
    if rng.random() < 0.5:
        return gzip.compress(sample.plain) + member * (BOMB // _BLOCK)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + stream + struct.pack("<II", crc, BOMB & 0xFFFFFFFF)


@mutation()
def zip_bomb(sample: Sample, rng: random.Random) -> bytes:
    stream, _, crc = _zeros()
    return _zip_of("export.csv", stream, crc, rng.choice([BOMB, BOMB, 100, 0]))


@mutation()
def zip_names(sample: Sample, rng: random.Random) -> bytes:
    name = rng.choice(["../../../../tmp/mutant.csv", "/etc/mutant", "..\\..\\x.csv", "C:\\x.csv", "a\x00b", "ก" * 500])
    return packed({name: sample.plain})


@mutation()
def zip_members(sample: Sample, rng: random.Random) -> bytes:
    files = rng.choice([{"a": sample.plain, "b": sample.plain}, {"a/": b""}, {"__MACOSX/a": b"x", "a": sample.plain}])
    return packed(files)


@mutation()
def zip_damaged(sample: Sample, rng: random.Random) -> bytes:
    content = bytearray(packed({"export.txt": sample.plain}))
    what = rng.randrange(4)
    if what == 0:  # a lock, in both lists
        content[6] |= 1
        content[content.rfind(b"PK\x01\x02") + 8] |= 1
    elif what == 1:  # a method of compression that nobody has
        content[8] = content[content.rfind(b"PK\x01\x02") + 10] = 99
    elif what == 2:
        del content[len(content) // 3 : len(content) // 2]
    else:
        content[40 + rng.randrange(len(content) // 2)] ^= 0xFF
    return bytes(content)


@mutation()
def packed_twice(sample: Sample, rng: random.Random) -> bytes:
    once = gzip.compress(sample.plain, mtime=0)
    return rng.choice(
        [gzip.compress(once, mtime=0), packed({"a.gz": once}), gzip.compress(packed({"a": sample.plain}))]
    )


@mutation()
def gzip_damaged(sample: Sample, rng: random.Random) -> bytes:
    content = bytearray(gzip.compress(sample.plain, mtime=0))
    what = rng.randrange(4)
    if what == 0:
        return bytes(content[: rng.randrange(2, len(content))])
    if what == 1:
        return bytes(content) + rng.choice([b"\x00" * 20, b"rest", bytes(content[:50])])
    content[rng.randrange(10, len(content)) if what == 2 else -6] ^= 0x55
    return bytes(content)


# Workbooks.


def _patched(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    files = members(content)
    return packed({one: change(body) if re.fullmatch(name, one) else body for one, body in files.items()})


_SHEET = r"xl/worksheets/[^/]+\.xml"
_STRINGS = r"xl/sharedStrings\.xml"


@mutation("xlsx")
def xml_entities(sample: Sample, rng: random.Random) -> bytes:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE x [<!ENTITY l0 "{CANARY}">{lol}]>'
    outside = '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'
    distant = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;<!ENTITY l9 "x">]>'
    doctype = rng.choice([laughs, outside, distant]).encode()

    def change(body: bytes) -> bytes:
        body = re.sub(rb"(<\?xml[^>]*\?>)?", lambda found: found.group() + doctype, body, count=1)
        return re.sub(rb"(<t[^>]*>)[^<]*", rb"\1&l9;", body, count=5)

    return _patched(sample.content, rng.choice([_STRINGS, _SHEET]), change)


@mutation("xlsx")
def cell_far_away(sample: Sample, rng: random.Random) -> bytes:
    """One cell in the last corner of a sheet, for which a dense sheet would need 17 thousand million cells."""
    corner = rng.choice([b"XFD1048576", b"A1048576", b"XFD2", b"ZZZZ99999999", b"A4294967295", b"A0", b"1", b"A-1"])
    cell = b'<c r="' + corner + b'" t="str"><v>x</v></c>'
    row = b'<row r="' + re.sub(rb"\D", b"", corner) + b'">' + cell + b"</row></sheetData>"
    return _patched(sample.content, _SHEET, lambda body: body.replace(b"</sheetData>", row))


@mutation("xlsx")
def cells_moved(sample: Sample, rng: random.Random) -> bytes:
    def change(body: bytes) -> bytes:
        what = rng.randrange(4)
        if what == 0:  # cells without a place: they follow one another
            return re.sub(rb'(<c) r="[^"]*"', rb"\1", body)
        if what == 1:
            return re.sub(rb'<row r="(\d+)"', lambda found: b'<row r="%d"' % rng.randrange(1, 500), body)
        if what == 2:
            return re.sub(rb'(<c r=")[A-Z]+', lambda found: found[1] + column(rng.randrange(20)).encode(), body)
        return re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:XFD1048576"/>', body)

    return _patched(sample.content, _SHEET, change)


@mutation("xlsx")
def string_everywhere(sample: Sample, rng: random.Random) -> bytes:
    """One shared string of 5 MB in every cell: a small file that holds gigabytes."""
    long = rng.choice([HUGE, 200_000, 32_767])
    text = b"<si><t>" + CANARY.encode() + b"x" * long + b"</t></si>"
    content = _patched(sample.content, _STRINGS, lambda body: re.sub(rb"<si>.*?</si>", text, body, count=1, flags=re.S))
    return _patched(content, _SHEET, lambda body: re.sub(rb'(t="s"><v>)\d+', rb"\g<1>0", body))


@mutation("xlsx")
def strings_out_of_range(sample: Sample, rng: random.Random) -> bytes:
    new = rng.choice([b"999999", b"-1", b"x", b"", b"4294967296", b"1.5"])
    return _patched(sample.content, _SHEET, lambda body: re.sub(rb'(t="s"><v>)\d+', rb"\g<1>" + new, body, count=20))


@mutation("xlsx")
def serials_nonsense(sample: Sample, rng: random.Random) -> bytes:
    """Days that no calendar has, in cells that are shown as dates."""
    odd = [b"1e300", b"-1e300", b"-1", b"NaN", b"inf", b"99999999", b"2958466", b"0", b"60", b"1e-320", b"x", b""]

    def change(body: bytes) -> bytes:
        cells = re.sub(
            rb'<c r="([A-Z]+\d+)"[^>]*t="s"><v>\d+</v>',
            lambda found: (
                b'<c r="%s" s="1"><v>%s</v>' % (found[1], rng.choice(odd)) if rng.random() < 0.2 else found[0]
            ),
            body,
        )
        return re.sub(rb'(<c r="[A-Z]+\d+"[^>]*s="\d+"><v>)[\d.]+', lambda found: found[1] + rng.choice(odd), cells)

    styled = rb'<cellXfs count="1"><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
    content = _patched(sample.content, _SHEET, change)
    return _patched(content, r"xl/styles\.xml", lambda body: re.sub(rb"<cellXfs[^>]*>", styled, body))


@mutation("xlsx")
def types_of_cells(sample: Sample, rng: random.Random) -> bytes:
    kinds = [b"e", b"b", b"d", b"n", b"str", b"inlineStr", b"?"]
    return _patched(
        sample.content,
        _SHEET,
        lambda body: re.sub(rb't="s"', lambda _: b't="' + rng.choice(kinds) + b'"', body, count=rng.choice([5, 500])),
    )


@mutation("xlsx")
def formulas(sample: Sample, rng: random.Random) -> bytes:
    new = rng.choice(
        [b"<f>A1</f><v></v>", b"<f>A1</f>", b"<f t='shared' si='0'/>", b"<f>" + b"(" * 9000 + b"</f><v>1</v>"]
    )
    return _patched(sample.content, _SHEET, lambda body: re.sub(rb"<v>\d+</v>", new, body, count=30))


@mutation("xlsx")
def merges(sample: Sample, rng: random.Random) -> bytes:
    def some() -> bytes:
        left, top = rng.randrange(12), rng.randrange(1, 60)
        return b'<mergeCell ref="%s%d:%s%d"/>' % (
            column(left).encode(), top, column(left + rng.randrange(9)).encode(), top + rng.randrange(60),
        )  # fmt: skip

    odd = [b"A1:XFD1048576", b"B2:A1", b"A1", b"", b"A0:B0", b"A1:ZZZZZ99999999999"]
    found = b"".join(some() for _ in range(rng.choice([3, 30, 5000])))
    found += b'<mergeCell ref="' + rng.choice(odd) + b'"/>' if rng.random() < 0.5 else b""
    return _patched(
        sample.content,
        _SHEET,
        lambda body: re.sub(rb"<mergeCells.*?</mergeCells>", b"", body, flags=re.S).replace(
            b"</sheetData>", b"</sheetData><mergeCells>" + found + b"</mergeCells>"
        ),
    )


@mutation("xlsx")
def member_damaged(sample: Sample, rng: random.Random) -> bytes:
    files = members(sample.content)
    name = rng.choice(sorted(files))
    what = rng.randrange(5)
    if what == 0:
        del files[name]
    elif what == 1:
        files[name] = b""
    elif what == 2:
        files[name] = files[name][: rng.randrange(len(files[name]))]
    elif what == 3:
        body = bytearray(files[name])
        for _ in range(rng.choice([1, 20])):
            body[rng.randrange(len(body))] = rng.randrange(256)
        files[name] = bytes(body)
    else:
        files = {(one.replace("sheet1", "sheet9") if one == name else one): body for one, body in files.items()}
    return packed(files)


@mutation("xlsx")
def member_bomb(sample: Sample, rng: random.Random) -> bytes:
    """2 GiB within the workbook, by what its list says or against it; as zeros, or as cells."""
    files = members(sample.content)
    name = rng.choice([one for one in files if re.fullmatch(_SHEET + "|" + _STRINGS, one)])
    body = files.pop(name)
    stream, _, crc = _zeros()
    size = rng.choice([BOMB, len(body), 0])
    if rng.random() < 0.5:
        at = body.find(b"<row") if b"<row" in body else body.find(b"<si")
        engine = zlib.compressobj(9, wbits=-15)
        row = (b'<row><c t="str"><v>x</v></c></row>' if b"<row" in body else b"<si><t>x</t></si>") * 100_000
        head = engine.compress(body[:at]) + engine.flush(zlib.Z_FULL_FLUSH)
        once = engine.compress(row) + engine.flush(zlib.Z_FULL_FLUSH)
        stream = head + once * (BOMB // len(row)) + engine.compress(body[at:]) + engine.flush()
    return _zip_of(name, stream, crc, size, files)


@mutation("xlsx")
def sheets_changed(sample: Sample, rng: random.Random) -> bytes:
    def change(body: bytes) -> bytes:
        what = rng.randrange(5)
        if what == 0:
            return re.sub(rb'(<sheet name=")[^"]*', rb"\g<1>" + CANARY.encode(), body)
        if what == 1:  # the same name and the same sheet twice
            return re.sub(rb"(<sheet [^>]*/>)", rb"\1\1", body)
        if what == 2:
            return re.sub(rb'(<sheet [^>]*)r:id="[^"]*"', rb'\1r:id="rId99"', body)
        if what == 3:
            return re.sub(rb"<sheet [^>]*/>", b"", body)
        return re.sub(rb"(<sheet [^>]*/>)", rb"\1" * 2000, body)

    return _patched(sample.content, r"xl/workbook\.xml", change)


@mutation("xlsx")
def control_characters(sample: Sample, rng: random.Random) -> bytes:
    """Characters that XML forbids, and what spreadsheets escape as _x0000_."""
    table = sample.table()
    odd = ["\x00", "\x0b", "_x0000_", "_xD800_", "\ufffe", "]]>", "&#0;", "<b>"]
    rows = [[value + rng.choice(odd) if rng.random() < 0.1 else value for value in map(str, record.values())]
            for record in table.records]  # fmt: skip
    content = workbook([table.headings, *rows], table.sheet)
    return _patched(content, _SHEET, lambda body: body.replace(b"&amp;#0;", b"&#0;&#xD800;"))
