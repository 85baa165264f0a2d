"""seeds.py FOLDER: small Parquet files of every encoding, type and nesting that pyarrow writes, as inputs of the fuzzer (the
byte in front says that a whole file, or a footer alone, follows)."""
import decimal
import hashlib
import io
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
rows = 20


def keep(kind, content):
    content = bytes([kind]) + content
    with open(os.path.join(folder, hashlib.sha1(content).hexdigest()), "wb") as f:
        f.write(content)


def write(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    content = out.getvalue()
    length = int.from_bytes(content[-8:-4], "little")
    keep(0, content)
    keep(1, content[-8 - length:-8])
    # What lies before the footer begins with a page header.
    keep(2, content[4:-8 - length][:200])


ints = [None if n % 7 == 3 else n * n - 50 for n in range(rows)]
texts = [None if n % 5 == 2 else "ab" * (n % 4) + str(n) for n in range(rows)]
columns = {
    "i": (pa.array(ints, pa.int32()), ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]),
    "l": (pa.array(ints, pa.int64()), ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"]),
    "r": (pa.array(range(rows), pa.int64()), ["PLAIN", "DELTA_BINARY_PACKED"]),
    "d": (pa.array([None if v is None else v / 3 for v in ints]), ["PLAIN", "BYTE_STREAM_SPLIT"]),
    "s": (pa.array(texts), ["PLAIN", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"]),
    "x": (pa.array([b"0123456789ab"[:5] for _ in range(rows)], pa.binary(5)), ["PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BYTE_ARRAY"]),
    "b": (pa.array([None if v is None else v % 3 == 0 for v in ints]), ["PLAIN", "RLE"]),
    "m": (pa.array([decimal.Decimal(n) / 100 for n in range(rows)], pa.decimal128(30, 2)), ["PLAIN"]),
    "h": (pa.array([[], None, [1, None, 3]] * 6, pa.list_(pa.int32())), ["PLAIN"]),
    "n": (pa.array([{"a": [{"b": "x"}], "c": 1}, None, {"a": None, "c": None}] * 6), ["PLAIN"]),
    "p": (pa.array([[("k", 1)], [], None] * 6, pa.map_(pa.string(), pa.int64())), ["PLAIN"]),
    "t": (pa.array([n * 10**15 for n in range(9)], pa.timestamp("us", tz="UTC")), ["PLAIN"]),
}
for name, (values, encodings) in columns.items():
    table = pa.table({name: values})
    for version in ["1.0", "2.0"]:
        for encoding in encodings:
            options = dict(use_dictionary=False, compression="none", data_page_version=version, write_statistics=version == "2.0")
            if encoding != "PLAIN":
                options["column_encoding"] = {name: encoding}
            write(table, **options)
        write(table, compression="none", data_page_version=version, write_page_index=True, write_page_checksum=True, data_page_size=40)
    for codec in ["snappy", "gzip", "zstd", "lz4"]:
        write(table, compression=codec, use_dictionary=codec == "snappy")
write(pa.table({"i": columns["i"][0], "s": columns["s"][0]}), compression="none", write_page_index=True, data_page_size=30, bloom_filter_options={"i": True})
write(pa.table({"i": columns["i"][0], "s": columns["s"][0]}), compression="none", use_deprecated_int96_timestamps=True, row_group_size=7)
write(pa.table({"t": columns["t"][0]}), compression="none", use_deprecated_int96_timestamps=True)
# Pages alone, as ParquetFuzzing/PageFile.swift takes them: type, encoding, codec, version and nesting, values, dictionary, page.
for kind in range(15):
    for encoding in range(8):
        for shape in range(8):
            for dictionary in [b"", bytes(range(1, 17))]:
                keep(4, bytes([kind, encoding, 0, shape, 8, len(dictionary)]) + dictionary + bytes([2, 0, 0, 0, 16, 1]) + bytes(range(64)))
