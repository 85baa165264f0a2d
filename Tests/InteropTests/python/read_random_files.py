"""Files of random schemas and values, written by pyarrow and DuckDB with random options, and read by tarn (from the variable
TARN): read_random_files.py FILES SEED. Every value must be the one that pyarrow reads. Names the seed of a file that differs."""

import datetime
import decimal
import os
import random
import subprocess
import sys
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from parquet_values import difference, wrongly_filtered

CODECS = ["none", "snappy", "gzip", "zstd", "lz4"]


def flat_type(r):
    precision = r.randint(1, 38)
    return r.choice([
        pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.float16(), pa.float32(), pa.float64(),
        pa.string(), pa.string(), pa.binary(), pa.binary(r.randint(1, 20)), pa.date32(), pa.time32("ms"), pa.time64("us"), pa.timestamp(r.choice(["ms", "us", "ns"]), r.choice([None, "UTC"])),
        pa.decimal128(precision, r.randint(0, precision))])


def any_type(r, depth):
    if depth == 0 or r.random() < 0.6: return flat_type(r)
    return r.choice([
        lambda: pa.list_(pa.field("element", any_type(r, depth - 1), r.random() < 0.8)),
        lambda: pa.struct([pa.field("m%d" % i, any_type(r, depth - 1), r.random() < 0.8) for i in range(r.randint(1, 3))]),
        lambda: pa.map_(r.choice([pa.string(), pa.int32()]), any_type(r, depth - 1))])()


def value(r, kind, nullable, habit):
    if nullable and r.random() < habit["nulls"]: return None
    t = pa.types
    if t.is_list(kind): return [value(r, kind.value_type, kind.value_field.nullable, habit) for _ in range(r.choice([0, 0, 1, 2, 5]))]
    if t.is_struct(kind): return {kind.field(i).name: value(r, kind.field(i).type, kind.field(i).nullable, habit) for i in range(kind.num_fields)}
    if t.is_map(kind):
        keys = {value(r, kind.key_type, False, habit) for _ in range(r.choice([0, 1, 3]))}
        return [(key, value(r, kind.item_type, True, habit)) for key in sorted(keys)]
    if t.is_boolean(kind): return r.random() < 0.5
    if t.is_integer(kind):
        low, high = (0, 2**kind.bit_width - 1) if t.is_unsigned_integer(kind) else (-2**(kind.bit_width - 1), 2**(kind.bit_width - 1) - 1)
        return r.choice([low, high, 0, r.randint(low, high), r.randint(max(low, -9), 9)])
    if t.is_floating(kind): return r.choice([0.0, -0.0, float("nan"), float("inf"), float("-inf"), r.randint(-99, 99) / 8, r.randint(-9, 9)])
    if t.is_string(kind): return "".join(r.choice("abcż€𝄞\"\\\n ") for _ in range(r.choice([0, 1, 3, 12, 13, 40])))
    if t.is_fixed_size_binary(kind): return r.randbytes(kind.byte_width)
    if t.is_binary(kind): return r.randbytes(r.choice([0, 1, 12, 13, 50]))
    if t.is_date(kind): return datetime.date.fromordinal(r.randint(1, 3652059))
    if t.is_time32(kind): return datetime.time(r.randint(0, 23), r.randint(0, 59), 59, 1000 * r.randint(0, 999))
    if t.is_time64(kind): return datetime.time(r.randint(0, 23), 0, r.randint(0, 59), r.randint(0, 999_999))
    if t.is_timestamp(kind): return r.randint(-2**62, 2**62) if kind.unit == "ns" else r.randint(-62_135_596_800, 253_402_300_799) * (1000 if kind.unit == "ms" else 1_000_000) + r.randint(0, 999)
    digits = r.randint(0, kind.precision)
    return decimal.Decimal(r.choice([-1, 1]) * (10**digits - 1 - r.randint(0, 10**digits // 3))).scaleb(-kind.scale, decimal.Context(prec=60))


def column(r, field, rows):
    habit = {"nulls": r.choice([0, 0.1, 0.5, 1 if field.nullable else 0])}
    if r.random() < 0.4:  # few values, in stretches
        pool = [value(r, field.type, field.nullable, habit) for _ in range(4)]
        values = [pool[(row // r.choice([1, 30])) % 4] for row in range(rows)]
    else: values = [value(r, field.type, field.nullable, habit) for _ in range(rows)]
    return pa.array(values, field.type)


def encodings(r, table):
    choices = {}
    for field in table.schema:
        kind = field.type
        if pa.types.is_nested(kind): continue
        if pa.types.is_boolean(kind): options = ["PLAIN", "RLE"]
        elif pa.types.is_integer(kind) or pa.types.is_temporal(kind): options = ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]
        elif pa.types.is_float16(kind) or pa.types.is_floating(kind): options = ["PLAIN", "BYTE_STREAM_SPLIT"]
        elif pa.types.is_decimal(kind): options = ["PLAIN", "BYTE_STREAM_SPLIT"]
        elif pa.types.is_fixed_size_binary(kind): options = ["PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BYTE_ARRAY"]
        else: options = ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]
        choices[field.name] = r.choice(options)
    return choices


def write(r, table, path):
    rows = max(1, table.num_rows)
    if r.random() < 0.2:
        connection = duckdb.connect()
        options = "FORMAT parquet, COMPRESSION %s, PARQUET_VERSION %s" % (r.choice(["uncompressed", "snappy", "gzip", "zstd", "lz4_raw"]), r.choice(["V1", "V2"]))
        try:
            connection.register("rows", table)
            return connection.execute("COPY rows TO '%s' (%s)" % (path, options))
        except duckdb.Error: pass  # a type that DuckDB does not have
    options = {
        "compression": r.choice(CODECS), "data_page_version": r.choice(["1.0", "2.0"]), "store_schema": r.random() < 0.5, "write_page_index": r.random() < 0.5,
        "write_page_checksum": r.random() < 0.3, "row_group_size": r.randint(1, 2 * rows), "data_page_size": r.choice([1, 100, 1 << 20]), "write_batch_size": r.choice([1, 7, 1024]),
        "use_deprecated_int96_timestamps": r.random() < 0.1 and not any("ns" in str(kind) for kind in table.schema.types), "store_decimal_as_integer": r.random() < 0.3,
        "dictionary_pagesize_limit": r.choice([1, 200, 1 << 20])}
    if r.random() < 0.5: options.update(use_dictionary=False, column_encoding=encodings(r, table))
    if r.random() < 0.3: options["bloom_filter_options"] = {f.name: {"ndv": 100, "fpp": 0.05} for f in table.schema if pa.types.is_integer(f.type) or pa.types.is_string(f.type)} or None
    try: pq.write_table(table, path, **options)
    except OSError: pq.write_table(table, path)  # an encoding that does not go with one of the options


def main():
    files, seed = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        for number in range(seed, seed + files):
            r = random.Random(number)
            fields = [pa.field("c%d" % i, any_type(r, r.choice([0, 1, 3])), r.random() < 0.8) for i in range(r.randint(1, 6))]
            rows = r.choice([0, 1, 10, 100, 700])
            table = pa.Table.from_arrays([column(r, field, rows) for field in fields], schema=pa.schema(fields))
            path = os.path.join(folder, "%d.parquet" % number)
            write(r, table, path)
            try: reread = pq.ParquetFile(path, coerce_int96_timestamp_unit="us").read()
            except (pa.ArrowInvalid, OSError): reread = table  # pyarrow cannot read some of what it writes,
            if reread.num_rows != rows: reread = table  # and loses the rows where all of a column is a null map
            done = subprocess.run([os.environ["TARN"], "query", path, "--format", "ndjson"], capture_output=True, timeout=120)
            found = done.stderr.decode().strip() if done.returncode else difference(reread, "pyarrow", done.stdout.decode()) or wrongly_filtered(os.environ["TARN"], path, reread)
            if found: sys.exit("read_random_files.py 1 %d: %s\n%s" % (number, found, pq.ParquetFile(path).schema))
            os.remove(path)


main()
