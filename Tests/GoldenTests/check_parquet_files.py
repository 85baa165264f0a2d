"""Judges `tarn query FILE` by the files of apache/parquet-testing, which are read where they lie and never copied.

    check_parquet_files.py TARN PARQUET_TESTING [NAME…]

A file must give the values that pyarrow gives, checksums verified (DuckDB where pyarrow lacks a feature), or be refused as
`unsupported` for Brotli, LZO or encryption, naming the column or the footer. A file that neither reads must give a typed
error: so every file of bad_data/ but ARROW-GH-43605, whose bit width of 0 is legal. Filters by values of the file must keep as
many rows as there are. Prints a line a file; exit 1 when one is different.
"""

import glob
import json
import os
import re
import subprocess
import sys

import pyarrow.parquet as pq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../InteropTests/python"))
from parquet_values import difference, wrongly_filtered, wrongly_projected

# Spark's day wrapped around when it was written; int96_from_spark.md says which time it was.
KNOWN = {("int96_from_spark.parquet", "a", 5): 9089380393200000000}
ALLOWED = re.compile(r"BROTLI.*column |LZO.*column |encrypted column.*column |encrypted footer")


def reference(path):
    """What another engine reads: a table and the engine's name."""
    try:
        # Spark's INT96 are microseconds, and only so do they reach beyond 1677..2262.
        return pq.ParquetFile(path, coerce_int96_timestamp_unit="us", page_checksum_verification=True).read(), "pyarrow"
    except Exception as error:
        if "Map keys must be" not in str(error): raise
    import duckdb
    return duckdb.connect().sql("SELECT * FROM read_parquet('%s')" % path).to_arrow_table(), "DuckDB"


def loses(path, name):
    """Whether INT96 times fit neither unit: what pyarrow makes of them in the two is not the same time."""
    units = [pq.ParquetFile(path, coerce_int96_timestamp_unit=unit).read(columns=[name]).column(0).cast("int64").to_pylist() for unit in ["us", "ns"]]
    return any(us is not None and us * 1000 != ns for us, ns in zip(*units))


def other_columns(tarn, path):
    """Of a file with columns that are refused, the others: each by itself gives pyarrow's values. How many, or what is different."""
    same = 0
    for name in pq.ParquetFile(path).schema_arrow.names:
        # INT96 with nanoseconds is refused as microseconds, and pyarrow cuts them off.
        for unit in ["us", "ns"]:
            command = [tarn, "query", path, "--select", name, "--int96", unit, "--format", "ndjson", "--json"]
            done = subprocess.run(command, capture_output=True, timeout=120)
            if done.returncode == 0 or b"INT96" not in done.stderr: break
        file = pq.ParquetFile(path, coerce_int96_timestamp_unit=unit, page_checksum_verification=True)
        if done.returncode:
            error = json.loads(done.stderr)["error"]
            if "INT96" in error["message"] and loses(path, name): continue
            if error["code"] != "unsupported" or not ALLOWED.search(error["message"]): return 0, "column %s: %s" % (name, error["message"])
            continue
        found = difference(file.read(columns=[name]), "pyarrow", done.stdout.decode())
        if found: return 0, found
        same += 1
    return same, None


def judge(tarn, path):
    done = subprocess.run([tarn, "query", path, "--format", "ndjson", "--json"], capture_output=True, timeout=120)
    if done.returncode == 0:
        try: table, engine = reference(path)
        except Exception as error: return "DIFFERENT", "tarn reads it, pyarrow does not: %s" % error
        known = lambda column, row, value: KNOWN.get((os.path.basename(path), column, row), value)
        found = difference(table, engine, done.stdout.decode(), known) or wrongly_filtered(tarn, path, table)
        if not found and engine == "pyarrow": found = wrongly_projected(tarn, path, pq.ParquetFile(path, coerce_int96_timestamp_unit="us"))
        return ("DIFFERENT", found) if found else ("same", "")
    try: error = json.loads(done.stderr)["error"]
    except Exception: return "DIFFERENT", "exit %d without a typed error: %s" % (done.returncode, done.stderr[-300:])
    words = "%s: %s" % (error["code"], error["message"])
    if error["code"] == "unsupported" and ALLOWED.search(error["message"]):
        if "footer" in error["message"]: return "refused", words
        same, found = other_columns(tarn, path)
        return ("DIFFERENT", found) if found else ("refused", "%s; %d other columns are the same" % (words, same))
    if error["code"] == "corrupt":
        try: reference(path)
        except Exception: return "refused", words
    return "DIFFERENT", words


def main():
    tarn, folder, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    counts = {"same": 0, "refused": 0, "DIFFERENT": 0}
    paths = sorted(path for path in glob.glob(folder + "/*data/*") if re.search(r"\.parquet(\.encrypted)?$", path))
    for path in paths:
        name = os.path.basename(path)
        if names and name not in names: continue
        verdict, words = judge(tarn, path)
        counts[verdict] += 1
        print(("%-9s  %-48s  %s" % (verdict, ("bad_data/" if "/bad_data/" in path else "") + name, words)).rstrip())
    print("%d files: %d same, %d refused, %d different" % (sum(counts.values()), counts["same"], counts["refused"], counts["DIFFERENT"]))
    sys.exit(1 if counts["DIFFERENT"] or not sum(counts.values()) else 0)


main()
