"""Writes the Parquet files of this folder: python recipe.py. What they hold is listed in ForeignFileTests.swift.

old-list-structure.parquet is not made here: it is `old_list_structure.parquet` of apache/parquet-testing (Apache-2.0),
written by parquet-mr.
"""

import datetime
import decimal
import os

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))
D = decimal.Decimal
DAY = datetime.date(2024, 2, 29)
NOON = datetime.datetime(2024, 2, 29, 12, 0, 0, 123456)

flat = pa.table({
    "flag": pa.array([True, None, False, True]),
    "small": pa.array([1, None, -3, 2], pa.int8()),
    "int": pa.array([-2147483648, 0, None, 2147483647], pa.int32()),
    "unsigned": pa.array([4294967295, 0, 1, None], pa.uint32()),
    "huge": pa.array([18446744073709551615, None, 0, 1], pa.uint64()),
    "long": pa.array([-9223372036854775808, 9223372036854775807, 0, None], pa.int64()),
    "half": pa.array([1.5, -0.25, None, 65504.0], pa.float16()),
    "float": pa.array([1.5, None, float("inf"), -0.1], pa.float32()),
    "double": pa.array([0.1, 1e300, None, -2.5]),
    "text": pa.array(["", "żółw", None, "longer than twelve bytes"]),
    "raw": pa.array([b"\x00\xff", b"", None, b"0123456789abcdef"]),
    "fixed": pa.array([b"abc", None, b"xyz", b"\x00\x01\x02"], pa.binary(3)),
    "date": pa.array([DAY, None, datetime.date(1969, 12, 31), DAY]),
    "millis": pa.array([NOON.replace(microsecond=123000), None, None, datetime.datetime(1900, 1, 1)], pa.timestamp("ms", "UTC")),
    "micros": pa.array([NOON, None, datetime.datetime(1, 1, 1), NOON], pa.timestamp("us")),
    "time": pa.array([datetime.time(1, 2, 3, 4000), None, datetime.time(0), None], pa.time32("ms")),
    "money": pa.array([D("12.34"), D("-0.01"), None, D("99999999999999999999999999999999999.999")][:3] + [None], pa.decimal128(38, 3)),
    "cents": pa.array([D("1.25"), None, D("-9.99"), D("0.00")], pa.decimal128(5, 2)),
})
pq.write_table(flat, f"{here}/flat-pyarrow.parquet", compression="zstd", write_statistics=False, store_schema=False,
               write_page_checksum=True)
pq.write_table(flat.select(["flag", "int", "long", "double", "text", "fixed", "cents"]), f"{here}/int-decimals-v2-pyarrow.parquet",
               compression="snappy", data_page_version="2.0", store_decimal_as_integer=True, store_schema=False, use_dictionary=False,
               write_statistics=False,
               column_encoding={"int": "DELTA_BINARY_PACKED", "long": "BYTE_STREAM_SPLIT", "double": "BYTE_STREAM_SPLIT",
                                "text": "DELTA_BYTE_ARRAY", "fixed": "DELTA_BYTE_ARRAY", "flag": "RLE"})

nested = pa.table({
    "id": pa.array([1, 2, 3, 4, 5], pa.int64()),
    "tags": pa.array([["a", None, "b"], [], None, ["c"], ["a", "a"]], pa.list_(pa.string())),
    "matrix": pa.array([[[1, 2], []], None, [None, [3]], [], [[4, None]]], pa.list_(pa.list_(pa.int32()))),
    "attributes": pa.array([{"k": 1, "l": None}, {}, None, {"m": 2}, {"k": 3}], pa.map_(pa.string(), pa.int32())),
    "place": pa.array([{"city": "Bern", "at": {"x": 1.0, "y": None}}, None, {"city": None, "at": None},
                       {"city": "Rom", "at": {"x": None, "y": 2.0}}, {"city": "Bern", "at": {"x": 0.5, "y": 0.25}}]),
    "steps": pa.array([[{"name": "s", "codes": [1, 2]}], [], None, [{"name": None, "codes": None}, None], [{"name": "t", "codes": []}]],
                      pa.list_(pa.struct({"name": pa.string(), "codes": pa.list_(pa.int64())}))),
})
for version, name in [("1.0", "nested-pyarrow"), ("2.0", "nested-v2-pyarrow")]:
    pq.write_table(nested, f"{here}/{name}.parquet", compression="zstd" if version == "1.0" else "gzip", data_page_version=version,
                   write_statistics=False, store_schema=False, data_page_size=1, write_batch_size=2)

# The dictionary fills up in the middle, so that the rest of the chunk is plain; pages of 64 rows.
many = pa.table({
    "n": pa.array(range(1000), pa.int64()),
    "text": pa.array([None if i % 7 == 0 else f"value number {i % 10 if i < 300 else i}" for i in range(1000)]),
})
pq.write_table(many, f"{here}/dictionary-falls-back-pyarrow.parquet", compression="zstd", dictionary_pagesize_limit=1024,
               data_page_size=512, write_batch_size=64, row_group_size=600, store_schema=False, write_statistics=False)

duckdb.execute(f"""
COPY (SELECT i::INTEGER AS i, i * 1000::BIGINT AS long, CASE WHEN i % 3 = 0 THEN NULL ELSE 'text ' || (i % 4) END AS text,
             i / 4.0::DOUBLE AS ratio, (i * 1.01)::DECIMAL(9, 2) AS price, (i * 1.01)::DECIMAL(30, 2) AS big,
             DATE '2024-02-28' + i::INTEGER AS day, TIMESTAMP '2024-02-28 00:00:00' + INTERVAL (i) SECOND AS at,
             CASE WHEN i % 2 = 0 THEN [i, NULL] END AS list, {{'a': i, 'b': 'x'}} AS pair, MAP {{'k': i}} AS map, i % 2 = 0 AS even
      FROM range(6) r(i)) TO '{here}/duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)""")

polars.DataFrame({
    "i": [1, None, 3], "text": ["a", "żółw", None], "list": [[1.5, None], None, []],
    "at": [NOON, None, DAY and NOON], "flag": [True, False, None],
}).write_parquet(f"{here}/polars.parquet", compression="snappy", statistics=False)
