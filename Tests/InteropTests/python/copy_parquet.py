"""Parquet files of other engines to be copied without decoding, and what those engines say of the copies.

    copy_parquet.py make FOLDER     NAME-a.parquet and NAME-b.parquet, each of one schema
    copy_parquet.py check FOLDER    NAME.parquet: the rows and row groups of both, but that `file` is 'new' everywhere

A copied chunk has the statistics of its source, and its indexes and bloom filters where that has them.
"""
import datetime
import decimal
import glob
import os
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 4000
DELTAS = {"k": "DELTA_BYTE_ARRAY", "text": "DELTA_LENGTH_BYTE_ARRAY", "n": "DELTA_BINARY_PACKED", "x": "BYTE_STREAM_SPLIT", "file": "PLAIN"}
WAYS = {
    "v1-snappy": dict(compression="snappy", write_page_index=True, write_page_checksum=True),
    "v2-zstd": dict(compression="zstd", data_page_version="2.0", write_page_index=True, write_page_checksum=True),
    "v2-none-no-index": dict(compression="none", data_page_version="2.0"),
    "deltas": dict(compression="gzip", use_dictionary=False, column_encoding=DELTAS, write_page_index=True),
    "falls-back": dict(compression="zstd", dictionary_pagesize_limit=600, write_page_index=True),
    "no-statistics": dict(compression="snappy", write_statistics=False),
}


def table(start):
    rows = range(start, start + ROWS)
    return pa.table({
        "file": pa.array([f"old-{start}"] * ROWS),
        "k": pa.array([f"key-{i * 7919 % 100_003}" for i in rows]),
        "n": pa.array([None if i % 9 == 0 else i * 3 for i in rows], pa.int64()),
        "i": pa.array([i % 50 for i in rows], pa.int32()),
        "x": pa.array([i / 8 for i in rows], pa.float64()),
        "flag": pa.array([None if i % 5 == 0 else i % 2 == 0 for i in rows]),
        "text": pa.array([None if i % 11 == 0 else "word" * (i % 40) for i in rows]),
        "day": pa.array([datetime.date(2026, 1, 1) + datetime.timedelta(i % 300) for i in rows]),
        "moment": pa.array([i * 1_000_003 for i in rows], pa.timestamp("us", "UTC")),
        "price": pa.array([decimal.Decimal(i) / 100 for i in rows], pa.decimal128(20, 2)),
        "tags": pa.array([None if i % 13 == 0 else [f"t{i % 7}"] * (i % 4) for i in rows], pa.list_(pa.string())),
        "point": pa.array([None if i % 17 == 0 else {"a": i % 3, "b": None if i % 4 == 0 else str(i % 20)} for i in rows]),
    })


def make(folder):
    for name, options in WAYS.items():
        for part, start in (("a", 0), ("b", ROWS)):
            pq.write_table(table(start), f"{folder}/{name}-{part}.parquet", row_group_size=1500, data_page_size=2000, write_batch_size=100, **options)
    for part, start in (("a", 0), ("b", ROWS)):
        data = table(start)  # noqa: F841, DuckDB finds it by its name
        duckdb.sql("SELECT * EXCLUDE (price) FROM data").write_parquet(
            f"{folder}/duckdb-{part}.parquet", compression="zstd", row_group_size=2048)


def said(chunk):
    s = chunk.statistics
    bounds = s and (s.null_count, s.has_min_max and (s.min, s.max))
    return (chunk.path_in_schema, chunk.compression, chunk.encodings, chunk.num_values, chunk.total_compressed_size,
            chunk.total_uncompressed_size, bounds, chunk.has_column_index, chunk.has_offset_index)


def check(folder):
    indexed = filtered = 0
    for path in sorted(glob.glob(f"{folder}/*-a.parquet")):
        name = os.path.basename(path)[: -len("-a.parquet")]
        sources = [pq.ParquetFile(f"{folder}/{name}-{part}.parquet", page_checksum_verification=True) for part in "ab"]
        copy = pq.ParquetFile(f"{folder}/{name}.parquet", page_checksum_verification=True)
        groups = [f.metadata.row_group(g) for f in sources for g in range(f.metadata.num_row_groups)]
        assert copy.metadata.num_row_groups == len(groups), f"{name}: {copy.metadata.num_row_groups} row groups of {len(groups)}"
        for g, group in enumerate(groups):
            for c in range(1, group.num_columns):
                old, new = said(group.column(c)), said(copy.metadata.row_group(g).column(c))
                assert old == new, f"{name}: row group {g}: {new} was {old}"
                indexed += new[-1]
        expected = pa.concat_tables([f.read() for f in sources])
        expected = expected.set_column(0, "file", pa.array(["new"] * len(expected)))
        got = copy.read()
        for column in expected.column_names:
            assert got[column].to_pylist() == expected[column].to_pylist(), f"{name}: column {column}"
        con = duckdb.connect()
        for value in ("key-0", expected["k"][ROWS].as_py(), "no-such-key"):
            want = expected["k"].to_pylist().count(value)
            n = con.execute(f"SELECT count(*) FROM '{folder}/{name}.parquet' WHERE k = ?", [value]).fetchone()[0]
            assert n == want, f"{name}: {n} rows of {value}, not {want}"
        n = con.execute(f"SELECT count(*), sum(n) FROM '{folder}/{name}.parquet' WHERE n BETWEEN 5000 AND 15000 AND file = 'new'").fetchone()
        values = [v for v in expected["n"].to_pylist() if v is not None and 5000 <= v <= 15000]
        assert n == (len(values), sum(values)), f"{name}: {n}"
        if name == "duckdb":
            filtered += probe(con, folder, name)
    assert indexed > 100, f"{indexed} chunks with an offset index"
    assert filtered > 0, "no bloom filter was copied"
    print(f"{indexed} chunks with an offset index, {filtered} bloom filters")


def probe(con, folder, name):
    """Every filter says of the copy what it says of the source."""
    count = 0
    for value in range(-3, 53):
        old = [con.execute(f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{folder}/{name}-{p}.parquet', 'i', {value})").fetchall() for p in "ab"]
        new = con.execute(f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{folder}/{name}.parquet', 'i', {value})").fetchall()
        assert new == old[0] + old[1], f"{name}: filters for {value}: {new}, not {old}"
        if value < 0:
            count += sum(excludes for (excludes,) in new)
        else:
            assert value >= 50 or not any(excludes for (excludes,) in new), f"{name}: a filter excludes {value}"
    return count


{"make": make, "check": check}[sys.argv[1]](sys.argv[2])
