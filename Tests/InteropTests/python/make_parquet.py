"""Writes Parquet files with random schemas, data and layouts with pyarrow and DuckDB, for Tarn to read.

    make_parquet.py FOLDER COUNT SEED      N.parquet for N in 0...COUNT-1, with its rows in N.ndjson in the form that
                                           compare_parquet.py describes

Every fourth file is DuckDB's; the others are pyarrow's, with every encoding, codec, page version and index it has.
"""
import datetime
import decimal
import json
import math
import os
import random
import struct
import sys

import duckdb
import numpy
import pyarrow as pa
import pyarrow.parquet as pq

decimal.getcontext().prec = 60
r = random.Random()
WORDS = ["", "a", "żółw", "naïve 🙂", "line\nbreak \"quoted\" \\ back", "x" * 300, "\x00nul", "twelve bytes", "thirteen byte"]
FLAT = [
    pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float16(),
    pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.binary(1), pa.binary(16),
    pa.date32(), pa.time32("ms"), pa.time64("us"), pa.timestamp("ms", "UTC"), pa.timestamp("us"), pa.timestamp("ns", "UTC"),
    pa.decimal128(1, 0), pa.decimal128(9, 2), pa.decimal128(18, 6), pa.decimal128(38, 10),
]


def random_type(depth):
    kind = r.random() if depth > 0 else 0
    if kind < 0.65:
        return r.choice(FLAT)
    if kind < 0.78:
        return pa.list_(random_type(depth - 1))
    if kind < 0.88:
        return pa.struct([(f"f{i}", random_type(depth - 1)) for i in range(r.randrange(1, 4))])
    return pa.map_(r.choice([pa.string(), pa.int32(), pa.int64()]), random_type(depth - 1))


def number(bits, signed):
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return r.choice([low, high, 0, 1, low + 1, r.randrange(low, high + 1), max(low, min(high, r.randrange(-100, 100)))])


def value(t, nulls):
    """A value as pyarrow takes it."""
    if r.random() < nulls:
        return None
    if pa.types.is_boolean(t): return r.random() < 0.5
    if pa.types.is_integer(t): return number(t.bit_width, pa.types.is_signed_integer(t))
    if pa.types.is_float16(t): return numpy.float16(r.choice([0.0, -0.0, 65504, math.inf, math.nan, r.random()]))
    if pa.types.is_float32(t): return float(numpy.float32(r.choice([0.1, -0.0, 3.4e38, 1e-45, -math.inf, math.nan, r.random()])))
    if pa.types.is_float64(t): return r.choice([0.1, -0.0, 1.7e308, 5e-324, math.inf, math.nan, 1e22, r.random()])
    if pa.types.is_fixed_size_binary(t) and not pa.types.is_decimal(t): return r.randbytes(t.byte_width)
    if pa.types.is_string(t) or pa.types.is_large_string(t): return r.choice(WORDS) if r.random() < 0.5 else f"text {r.randrange(300)}"
    if pa.types.is_binary(t) or pa.types.is_large_binary(t): return r.randbytes(r.randrange(40))
    if pa.types.is_date(t): return r.choice([0, -1, 20000, -700_000, 2_900_000, 2**31 - 1, -2**31])
    if pa.types.is_time(t): return r.randrange(86_400_000 if t.unit == "ms" else 86_400_000_000)
    if pa.types.is_timestamp(t): return r.choice([0, -1, 1_768_000_000_123_456, -60_000_000_000_000, number(60, True)])
    if pa.types.is_decimal(t):
        top = 10 ** t.precision - 1
        return decimal.Decimal(r.choice([0, top, -top, r.randrange(-top, top + 1)])).scaleb(-t.scale)
    if pa.types.is_list(t): return [value(t.value_type, nulls) for _ in range(r.choice([0, 0, 1, 2, 5]))]
    if pa.types.is_struct(t): return {t.field(i).name: value(t.field(i).type, nulls) for i in range(t.num_fields)}
    if pa.types.is_map(t): return [(value(t.key_type, 0), value(t.item_type, nulls)) for _ in range(r.choice([0, 1, 3]))]
    raise TypeError(t)


def array(values, t):
    """Dates, times and timestamps come as numbers, which pyarrow takes flat but not nested."""
    if pa.types.is_list(t):
        offsets, flat = [0], []
        for v in values:
            flat += v or []
            offsets.append(len(flat))
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), array(flat, t.value_type), type=t, mask=mask(values))
    if pa.types.is_map(t):
        offsets, keys, items = [0], [], []
        for v in values:
            keys += [k for k, _ in v or []]
            items += [x for _, x in v or []]
            offsets.append(len(keys))
        made = pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), array(keys, t.key_type), array(items, t.item_type), type=t)
        return pa.Array.from_buffers(t, len(values), [bitmap(values), made.buffers()[1]], children=[made_entries(made)])
    if pa.types.is_struct(t):
        children = [array([None if v is None else v[t.field(i).name] for v in values], t.field(i).type) for i in range(t.num_fields)]
        return pa.StructArray.from_arrays(children, fields=list(t), mask=mask(values))
    if pa.types.is_date(t) or pa.types.is_time(t) and t.bit_width == 32:
        return pa.array(values, pa.int32()).cast(t)
    if pa.types.is_time(t) or pa.types.is_timestamp(t):
        return pa.array(values, pa.int64()).cast(t)
    return pa.array(values, t)


def mask(values):
    return pa.array([v is None for v in values], pa.bool_())


def bitmap(values):
    return pa.array([v is not None for v in values], pa.bool_()).buffers()[1]


def made_entries(made):
    return pa.StructArray.from_arrays([made.keys, made.items], fields=[made.type.key_field, made.type.item_field])


def cell(v, t):
    """A value as Tarn has it in memory."""
    if v is None: return None
    if pa.types.is_boolean(t): return ["b", v]
    if pa.types.is_uint64(t): return ["d", str(v)]
    if pa.types.is_integer(t) or pa.types.is_date(t) or pa.types.is_timestamp(t): return ["i", str(v)]
    if pa.types.is_time(t): return ["i", str(v * 1000 if t.unit == "ms" else v)]
    if pa.types.is_float16(t) or pa.types.is_float32(t): return ["f", "nan" if math.isnan(v) else struct.pack(">f", v).hex()]
    if pa.types.is_float64(t): return ["f", "nan" if math.isnan(v) else struct.pack(">d", v).hex()]
    if pa.types.is_decimal(t): return ["d", str(int(v.scaleb(t.scale)))]
    if pa.types.is_string(t) or pa.types.is_large_string(t): return ["t", v.encode().hex()]
    if pa.types.is_list(t): return ["l", [cell(x, t.value_type) for x in v]]
    if pa.types.is_struct(t): return ["s", [cell(v[t.field(i).name], t.field(i).type) for i in range(t.num_fields)]]
    if pa.types.is_map(t): return ["m", [[cell(k, t.key_type), cell(x, t.item_type)] for k, x in v]]
    return ["t", v.hex()]


def leaves(t, path):
    if pa.types.is_list(t): return leaves(t.value_type, path + ".list.element")
    if pa.types.is_map(t): return leaves(t.key_type, path + ".key_value.key") + leaves(t.item_type, path + ".key_value.value")
    if pa.types.is_struct(t): return [x for i in range(t.num_fields) for x in leaves(t.field(i).type, path + "." + t.field(i).name)]
    return [(path, t)]


def legal_encodings(t, decimals_as_integers):
    if pa.types.is_boolean(t): return ["PLAIN", "RLE"]
    if pa.types.is_decimal(t):
        if decimals_as_integers and t.precision <= 18: return ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]
        return ["PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BYTE_ARRAY"]
    if pa.types.is_floating(t): return ["PLAIN", "BYTE_STREAM_SPLIT"]
    if pa.types.is_fixed_size_binary(t): return ["PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BYTE_ARRAY"]
    if any(f(t) for f in [pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary]):
        return ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]
    return ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]


def write_pyarrow(table, path):
    as_integers = r.random() < 0.5
    options = dict(
        compression=r.choice(["none", "snappy", "gzip", "zstd", "lz4"]), data_page_version=r.choice(["1.0", "2.0"]),
        row_group_size=r.choice([None, 1, 7, 100]), data_page_size=r.choice([1, 100, 1 << 20]), store_decimal_as_integer=as_integers,
        write_page_index=r.random() < 0.5, write_page_checksum=r.random() < 0.5, write_batch_size=r.choice([1, 3, 1024]),
        dictionary_pagesize_limit=r.choice([1, 200, 1 << 20]), version=r.choice(["1.0", "2.4", "2.6"]), store_schema=r.random() < 0.5)
    if options["version"] != "2.6" and any(pa.types.is_timestamp(t) and t.unit == "ns" for f in table.schema for _, t in leaves(f.type, f.name)):
        options["version"] = "2.6"
    if options["version"] == "1.0": options["version"] = "2.4" if any(pa.types.is_uint32(t) for f in table.schema for _, t in leaves(f.type, f.name)) else "1.0"
    if r.random() < 0.6:
        options["use_dictionary"] = False
        options["column_encoding"] = {path: r.choice(legal_encodings(t, as_integers)) for f in table.schema for path, t in leaves(f.type, f.name)}
    pq.write_table(table, path, **options)


def write_duckdb(table, path):
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.register("made", table)
    codec = r.choice(["uncompressed", "snappy", "gzip", "zstd", "lz4_raw"])
    version = r.choice(["V1", "V2"])
    con.execute(f"copy (select * from made) to '{path}' (format parquet, compression {codec}, parquet_version {version}, row_group_size {r.choice([2048, 122880])})")


def duckdb_type(t):
    """Of what DuckDB keeps as it is."""
    if pa.types.is_nested(t): return all(duckdb_type(t.field(i).type) for i in range(t.num_fields)) and not pa.types.is_map(t)
    return not any(f(t) for f in [
        pa.types.is_float16, pa.types.is_fixed_size_binary, pa.types.is_date, pa.types.is_time, pa.types.is_timestamp, pa.types.is_uint64,
        pa.types.is_decimal]) or pa.types.is_decimal(t)


def main(folder, count, seed):
    for number in range(count):
        r.seed(f"{seed}/{number}")
        is_duckdb = number % 4 == 3
        fields = []
        while len(fields) < r.randrange(1, 9):
            t = random_type(3)
            if not is_duckdb or duckdb_type(t): fields.append(pa.field(f"c{len(fields)}", t))
        rows = r.choice([0, 1, 2, 9, 64, 300])
        columns = []
        for f in fields:
            nulls, pool = r.choice([0, 0.1, 0.5, 1]), r.choice([0, 0, 3, 40])
            made = [value(f.type, nulls) for _ in range(pool or rows)]
            columns.append([r.choice(made) for _ in range(rows)] if pool else made)
        table = pa.Table.from_arrays([array(c, f.type) for c, f in zip(columns, fields)], schema=pa.schema(fields))
        table.validate(full=True)
        path = os.path.join(folder, f"{number}.parquet")
        (write_duckdb if is_duckdb else write_pyarrow)(table, path)
        with open(os.path.join(folder, f"{number}.ndjson"), "w") as out:
            for row in zip(*columns):
                out.write(json.dumps([cell(v, f.type) for v, f in zip(row, fields)], separators=(",", ":")) + "\n")


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
