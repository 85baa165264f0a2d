"""A table with every type a column can have, nulls at every level, made from Parquet files of pyarrow and DuckDB in three
commits; read back by Tarn (Parquet and NDJSON), hudi-rs, DuckDB and pyarrow, as the rows that went in.

    TARN=… TABLECHECK=… every_type.py WORK_DIR LAYOUT     (partitioned, url-encoded, plain-folders, not-partitioned, no-ordering, merge-on-read, merge-on-read-no-ordering)
"""
import base64
import datetime
import decimal
import json
import math
import os
import random
import sys

import duckdb
import numpy
import pyarrow as pa
import pyarrow.parquet as pq
from hudi import HudiTable

from table_readers import lint, tablecheck, tarn

work, layout = sys.argv[1:3]
merge_on_read = layout.startswith("merge-on-read")
has_ordering = not layout.endswith("no-ordering")
seed = int(os.environ.get("TARN_SEED", random.randrange(1_000_000)))
print("seed", seed)
r = random.Random(seed)
decimal.getcontext().prec = 60

detail = pa.struct([("a", pa.int32()), ("b", pa.list_(pa.float64()))])
SCHEMA = pa.schema([
    pa.field("id", pa.string(), nullable=False),
    pa.field("day", pa.string(), nullable=False),
    pa.field("v", pa.int64(), nullable=False),
    ("flag", pa.bool_()), ("small", pa.int32()), ("big", pa.int64()), ("f", pa.float32()), ("d", pa.float64()),
    ("text", pa.string()), ("bytes", pa.binary()), ("date", pa.date32()),
    ("dec9", pa.decimal128(9, 2)), ("dec18", pa.decimal128(18, 6)), ("dec38", pa.decimal128(38, 10)),
    ("at_us", pa.timestamp("us", "UTC")), ("at_ms", pa.timestamp("ms", "UTC")),
    ("tags", pa.list_(pa.string())), ("lists", pa.list_(pa.list_(pa.int64()))), ("details", pa.list_(detail)),
    ("counts", pa.map_(pa.string(), pa.int64())), ("by_name", pa.map_(pa.string(), detail)),
    ("nested", pa.struct([("inner", pa.struct([("x", pa.string()), ("y", pa.decimal128(10, 3))])), ("flags", pa.list_(pa.bool_()))])),
    ("nothing", pa.string()),
])
DAYS = {"partitioned": ["2026-01-01", "2026-01-02", "über straße"], "url-encoded": ["2026/01/01", "a b:c%", "100%/x"]}.get(
    layout, ["2026-01-01", "2026-01-02"])
TEXTS = ["", "a", "naïve 🙂", "line\nbreak \"quoted\" \\ back", "x" * 300, "\x00nul"]


def value(t, depth=0):
    if r.random() < 0.15:
        return None
    if pa.types.is_boolean(t): return r.random() < 0.5
    if pa.types.is_int32(t): return r.choice([0, -1, 2**31 - 1, -2**31, r.randrange(-1000, 1000)])
    if pa.types.is_int64(t): return r.choice([0, 2**63 - 1, -2**63, 2**53 + 1, r.randrange(10**9)])
    if pa.types.is_float32(t): return float(numpy.float32(r.choice([0.1, -0.0, 3.4e38, 1e-45, math.inf, math.nan, r.random()])))
    if pa.types.is_float64(t): return r.choice([0.1, -0.0, 1.7e308, 5e-324, -math.inf, math.nan, 1e22, r.random()])
    if pa.types.is_string(t): return r.choice(TEXTS + [f"text {r.randrange(99)}"])
    if pa.types.is_binary(t): return r.choice([b"", b"\xff\x00\xfe", r.randbytes(r.randrange(40))])
    if pa.types.is_date(t): return datetime.date(1970, 1, 1) + datetime.timedelta(days=r.choice([0, -1, 20000, -100_000, 2_900_000]))
    if pa.types.is_decimal(t):
        top = 10 ** t.precision - 1
        return decimal.Decimal(r.choice([0, top, -top, r.randrange(-top, top)])).scaleb(-t.scale)
    if pa.types.is_timestamp(t):
        us = r.choice([0, -1, 1_768_000_000_123_456, -60_000_000_000_000_000, r.randrange(2 * 10**15)])
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(microseconds=us if t.unit == "us" else us // 1000 * 1000)
    if pa.types.is_map(t): return [(k, value(t.item_type)) for k in r.sample(["", "k", "clé", "z z", "q"], r.randrange(4))]
    if pa.types.is_list(t): return [value(t.value_type) for _ in range(r.choice([0, 1, 3]))]
    if pa.types.is_struct(t): return {t.field(i).name: value(t.field(i).type) for i in range(t.num_fields)}
    raise TypeError(t)


def row(key, day, version):
    made = {f.name: value(f.type) for f in SCHEMA}
    return made | {"id": key, "day": day, "v": version, "nothing": None}


def plain(v, t):
    """A value as two readers can agree on it: times as microseconds, maps sorted, NaN as text."""
    if v is None: return None
    if pa.types.is_timestamp(t):
        return (v - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)
    if pa.types.is_floating(t): return "NaN" if math.isnan(v) else float(v).hex()
    if pa.types.is_map(t):
        return sorted((k, plain(x, t.item_type)) for k, x in (v.items() if isinstance(v, dict) else v))
    if pa.types.is_list(t) or pa.types.is_large_list(t): return [plain(x, t.value_type) for x in v]
    if pa.types.is_struct(t): return {t.field(i).name: plain(v[t.field(i).name], t.field(i).type) for i in range(t.num_fields)}
    return v


def as_json(v, t):
    """A value as `tarn query --format ndjson` prints it, numbers left to be compared as such."""
    if v is None: return None
    if pa.types.is_floating(t): return ("NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity") if not math.isfinite(v) else v
    if pa.types.is_decimal(t): return f"{v:.{t.scale}f}"
    if pa.types.is_binary(t): return base64.b64encode(v).decode()
    if pa.types.is_date(t): return v.isoformat()
    if pa.types.is_timestamp(t): return v.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + (f"{v.microsecond:06d}" if t.unit == "us" else f"{v.microsecond // 1000:03d}") + "Z"
    if pa.types.is_map(t): return {k: as_json(x, t.item_type) for k, x in v}
    if pa.types.is_list(t): return [as_json(x, t.value_type) for x in v]
    if pa.types.is_struct(t): return {k: as_json(v[k], t.field(k).type) for k in v}
    return v


def same_json(got, want, t, name):
    if pa.types.is_float32(t) and isinstance(want, float):
        assert numpy.float32(got).tobytes() == numpy.float32(want).tobytes(), f"{name}: {got}, not {want}"
    elif isinstance(want, dict) and not pa.types.is_map(t):
        for k in want: same_json(got[k], want[k], t.field(k).type, f"{name}.{k}")
    else:
        assert got == want and repr(got) == repr(want), f"{name}: {got!r}, not {want!r}"


def expect(state, name, table):
    table = table.select([c for c in table.column_names if not c.startswith("_hoodie_")])
    assert table.column_names == SCHEMA.names, f"{name}: columns {table.column_names}"
    found = {x["id"]: x for x in table.to_pylist(maps_as_pydicts=None)}
    assert table.num_rows == len(found) == len(state), f"{name}: {table.num_rows} rows, not {len(state)}"
    for key, want in state.items():
        for f in SCHEMA:
            got, should = plain(found[key][f.name], f.type), plain(want[f.name], f.type)
            assert got == should, f"{name}: {f.name} of {key}: {got!r}, not {should!r} (seed {seed})"


def arrow(rows):
    return pa.Table.from_pylist(rows, schema=SCHEMA)


table = os.path.join(work, "table")
state = {}
rows = [row(f"key-{i}", r.choice(DAYS), 1) for i in range(400)]
first = os.path.join(work, "first.parquet")
pq.write_table(arrow(rows), first, compression=r.choice(["zstd", "snappy", "none"]), row_group_size=150,
               data_page_version=r.choice(["1.0", "2.0"]), use_dictionary=r.choice([True, False]), store_decimal_as_integer=r.random() < 0.5)
options = ["--name", "every_type", "--schema-from", first, "--record-key", "id"]
if merge_on_read: options += ["--type", "mor"]
if has_ordering: options += ["--ordering", "v"]
if layout != "not-partitioned": options += ["--partition-by", "day"]
if layout == "url-encoded": options += ["--url-encode", "on"]
if layout == "plain-folders": options += ["--hive-style", "off"]
tarn("create", table, *options)
tarn("write", table, first)
state.update((x["id"], x) for x in rows)

# DuckDB's file: changed rows, some in another partition, and new ones. Older versions lose where there is an ordering.
rows = [row(f"key-{i}", r.choice(DAYS), r.choice([0, 2])) for i in range(0, 500, 2)]
second = os.path.join(work, "second.parquet")
con = duckdb.connect()
con.execute("set timezone = 'UTC'")
con.register("rows", arrow(rows))
con.execute(f"copy (select * from rows) to '{second}' (format parquet, compression zstd, row_group_size 2048)")
told = json.loads(tarn("write", table, second, "--json"))
late = sum(x["v"] == 0 and x["id"] in state for x in rows) if has_ordering else 0
assert told["stale"] == late, told
state.update((x["id"], x) for x in rows if not has_ordering or x["v"] == 2 or x["id"] not in state)

# A delete: all rows of one partition and some others; keys and ordering values alone.
gone = [x for x in state.values() if x["day"] == DAYS[0] or r.random() < 0.1]
third = os.path.join(work, "third.parquet")
pq.write_table(arrow([{f.name: x[f.name] if f.name in ("id", "day", "v") else None for f in SCHEMA} for x in gone]), third)
told = json.loads(tarn("write", table, third, "--op", "delete", "--json"))
assert told["deleted"] == len(gone), told
for x in gone: del state[x["id"]]

out = os.path.join(work, "by-tarn.parquet")


def agree(when):
    """All engines show the state; returns the paths of the base files, none of a table with logs."""
    tarn("query", table, "--format", "parquet", "--output", out)
    expect(state, f"{when}: tarn query, read by pyarrow", pq.read_table(out))
    expect(state, f"{when}: hudi-rs", pa.Table.from_batches(HudiTable(table).read()))
    files = []
    if not merge_on_read:
        files = tarn("show", table, "files", "--paths").splitlines()
        expect(state, f"{when}: pyarrow", pa.concat_tables([pq.ParquetFile(f, page_checksum_verification=True).read() for f in files], promote_options="permissive"))
        expect(state, f"{when}: DuckDB", con.sql(f"select * from read_parquet({files!r}, hive_partitioning=false)").to_arrow_table())

    found = {}
    for line in tarn("query", table, "--format", "ndjson").splitlines():
        x = json.loads(line)
        assert list(x) == SCHEMA.names
        found[x["id"]] = x
    assert len(found) == len(state)
    for key, want in state.items():
        for f in SCHEMA: same_json(found[key][f.name], as_json(want[f.name], f.type), f.type, f"{when}: {f.name} of {key} (seed {seed})")
    lint(table)
    if not merge_on_read: tablecheck(table)
    return files


files = agree("written")

# New files beside the old ones, then all put together: row groups are copied without being decoded.
rows = [row(f"new-{i}", r.choice(DAYS), 1) for i in range(300)]
fourth = os.path.join(work, "fourth.parquet")
pq.write_table(arrow(rows), fourth)
tarn("write", table, fourth, "--op", "bulk-insert", "--target-file-size", "20KiB")
state.update((x["id"], x) for x in rows)
told = json.loads(tarn("cluster", table, "--small-row-group-limit", "1", "--json"))
assert told["completed"] and told["row_groups_copied"] > 0 and told["files_written"] < told["files_read"], told
stitched = agree("stitched")
print(len(state), "rows,", len(files), "files, stitched", told["row_groups_copied"], "row groups into", len(stitched) or told["files_written"])
