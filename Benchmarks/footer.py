"""Decodes wide Parquet footers with Tarn and with other engines, round about, and prints the ratios.

    footer.py FOOTER [FOLDER] [turns]

FOOTER is the built benchmark of Benchmarks/Footer. Files are made in FOLDER (a temporary one) with pyarrow. Every turn runs each
engine once over each file for some rounds; figures are medians. All engines read from memory, but for DuckDB and polars'
scan, which read files that are in the page cache.
"""

import os
import statistics as numbers
import subprocess
import sys
import tempfile
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SHAPES = {"1000x4": (1000, 4), "1000x1": (1000, 1), "10000x1": (10000, 1), "100x100": (100, 100)}


def write(path, columns, groups, rows=64):
    """Columns of mixed types, some with nulls, with statistics, the page index, and size statistics."""
    random = np.random.default_rng(7)
    count = rows * groups
    kinds = [
        lambda: pa.array(random.integers(0, 1 << 40, count)),
        lambda: pa.array(random.random(count)),
        lambda: pa.array(random.integers(-1000, 1000, count).astype("int32"), mask=random.random(count) < 0.1),
        lambda: pa.array(["text %d" % n for n in random.integers(0, 1 << 30, count)]),
        lambda: pa.array(random.integers(0, 1 << 50, count), pa.timestamp("us", "UTC")),
        lambda: pa.array(random.integers(0, 2, count).astype(bool), mask=random.random(count) < 0.5),
        lambda: pa.array(random.integers(0, 20000, count).astype("int32"), pa.date32()),
        lambda: pa.array(["%d" % n for n in random.integers(0, 5, count)]).dictionary_encode(),
        lambda: pa.array(random.random(count).astype("float32")),
        lambda: pa.array(random.integers(0, 1 << 40, count)).cast(pa.decimal128(20, 0)).cast(pa.decimal128(22, 2)),
    ]
    table = pa.table({"column_%d" % n if n % 3 else "measured value no %d" % n: kinds[n % len(kinds)]() for n in range(columns)})
    pq.write_table(table, path, row_group_size=rows, write_page_index=True, compression="snappy")


def seconds(work, rounds):
    taken = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        taken.append(time.perf_counter_ns() - start)
    return numbers.median(taken)


def touched(metadata):
    """Null counts and the presence of bounds of every chunk."""
    total = 0
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for column in range(metadata.num_columns):
            statistics = row_group.column(column).statistics
            if statistics is not None: total += (statistics.null_count or 0) + statistics.has_min_max
    return total


def peers(path):
    data = pa.py_buffer(open(path, "rb").read())
    works = {
        "pyarrow read_metadata": lambda: pq.read_metadata(pa.BufferReader(data)),
        "pyarrow ParquetFile.schema_arrow": lambda: pq.ParquetFile(pa.BufferReader(data)).schema_arrow,
        "pyarrow statistics": lambda: touched(pq.read_metadata(pa.BufferReader(data))),
    }
    try:
        import duckdb
        connection = duckdb.connect()
        connection.execute("SET threads = 1")
        works["DuckDB count(*) of parquet_metadata"] = lambda: connection.execute("SELECT count(*) FROM parquet_metadata('%s')" % path).fetchall()
        works["DuckDB parquet_file_metadata"] = lambda: connection.execute("SELECT * FROM parquet_file_metadata('%s')" % path).fetchall()
    except ImportError: pass
    try:
        import polars, io
        raw = data.to_pybytes()
        works["polars read_parquet_schema"] = lambda: polars.read_parquet_schema(io.BytesIO(raw))
    except ImportError: pass
    return works


def main():
    footer = sys.argv[1]
    folder = sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
    turns = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    for name, (columns, groups) in SHAPES.items():
        path = os.path.join(folder, name + ".parquet")
        if not os.path.exists(path): write(path, columns, groups)
        works, taken, sums = peers(path), {}, {}
        for _ in range(turns):
            lines = subprocess.run([footer, "file=" + path, "rounds=30"], capture_output=True, text=True, check=True).stdout.splitlines()
            for line in lines:
                words = line.split()
                taken.setdefault("tarn " + words[0], []).append(int(words[1]))
                sums["tarn " + words[0]] = words[4]
            for peer, work in works.items(): taken.setdefault(peer, []).append(seconds(work, 5))
        size = int.from_bytes(open(path, "rb").read()[-8:-4], "little")
        ours = {key: numbers.median(values) for key, values in taken.items() if key.startswith("tarn")}
        print("%s: %d columns, %d row groups, a footer of %d bytes" % (name, columns, groups, size))
        for key, values in taken.items():
            mine = ours["tarn statistics" if "statistics" in key else "tarn open"]
            median = numbers.median(values)
            print("  %-38s %12.1f us  %6.2f ns a chunk  %s" % (
                key, median / 1e3, median / (columns * groups),
                "checksum " + sums[key] if key in sums else "%.1fx of tarn" % (median / mine)))


main()
