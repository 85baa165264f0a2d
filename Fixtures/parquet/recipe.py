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

# A file of 150 bytes with one zstd page that claims to be 2 GiB: Thrift's compact protocol by hand.
def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)
def zigzag(value): return varint(value << 1)
page = b"\x15\x00\x15" + zigzag(2**31 - 1) + b"\x15" + zigzag(9) + b"\x2c\x15\x02\x15\x00\x15\x06\x15\x06\x00\x00" + b"\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00"
element = b"\x15\x02\x25\x00\x18\x01n\x00"
meta = b"\x15\x02\x19\x15\x00\x19\x18\x01n\x15\x0c\x16\x02\x16" + zigzag(2**31 - 1) + b"\x16" + zigzag(len(page)) + b"\x26\x08\x00"
group = b"\x19\x1c\x26\x08\x1c" + meta + b"\x00" + b"\x16" + zigzag(len(page)) + b"\x16\x02\x00"
footer = b"\x15\x02\x19\x2c" + b"\x48\x01r\x15\x02\x00" + element + b"\x16\x02\x19\x1c" + group + b"\x00"
with open(f"{here}/claims-two-gibibytes.parquet", "wb") as file:
    file.write(b"PAR1" + page + footer + len(footer).to_bytes(4, "little") + b"PAR1")

# Everything a reader may skip by: pages of 20 rows with indexes, bloom filters, two row groups. Values lie in stretches, so that
# pages differ; `d` has NaN and both zeros.
count = 400
skipping = pa.table({
    "id": pa.array([None if 90 <= i < 130 else i * 3 for i in range(count)], pa.int64()),
    "word": pa.array([f"word {i // 25 % 7}" for i in range(count)]),
    "text": pa.array([None if i % 11 == 0 else f"text {i * 7919 % 1009:04d} with a tail that makes it long" for i in range(count)]),
    "d": pa.array([None if i % 13 == 0 else float("nan") if 40 <= i < 60 and i % 3 == 0 else -0.0 if 100 <= i < 120 else 0.0 if i % 40 == 7 else i / 8 - 20
                   for i in range(count)]),
    "f": pa.array([float("nan") if 200 <= i < 220 else (i % 50) / 2 for i in range(count)], pa.float32()),
    "u": pa.array([(i * 40_000_000) % 2**32 for i in range(count)], pa.uint32()),
    "money": pa.array([D(i - 200) / 100 for i in range(count)], pa.decimal128(20, 2)),
    "flag": pa.array([i < 220 for i in range(count)]),
    "list": pa.array([None if i % 9 == 0 else list(range(i, i + i % 5)) for i in range(count)], pa.list_(pa.int32())),
    "pair": pa.array([{"a": i, "b": None if i % 4 == 0 else f"b{i}"} for i in range(count)]),
})
bloomed = {"ndv": 200, "fpp": 0.01}
for version, codec in [("1.0", "zstd"), ("2.0", "snappy")]:
    pq.write_table(skipping, f"{here}/skipping-v{version[0]}-pyarrow.parquet", compression=codec, data_page_version=version, row_group_size=240,
                   max_rows_per_page=20, write_batch_size=20, write_page_index=True, store_schema=False,
                   use_dictionary=["word", "f"] if version == "1.0" else False,
                   bloom_filter_options={name: bloomed for name in ["id", "word", "text", "u", "money", "d"]})

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
