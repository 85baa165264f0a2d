"""One table as three engines see it: Tarn, hudi-rs, and DuckDB over the snapshot's file list."""
import glob
import json
import os
import subprocess
import sys

KIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kit")
sys.path.insert(0, KIT)


def tarn(*arguments, **more):
    """Runs `tarn`, whose path is in TARN; returns its standard output. A failure shows what it said."""
    done = subprocess.run([os.environ["TARN"], *map(str, arguments)], capture_output=True, text=True, **more)
    if done.returncode:
        raise SystemExit(f"tarn {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def lint(table, keys=2000):
    """The format lint, warnings included.

    Of the keys of a file `keys` are tried against its bloom filter, spread evenly: in Python a try takes long, and
    `tablecheck --deep` tries all.
    """
    import lint_v6

    lint_v6.MAX_KEYS = keys
    found = [f"{f['level']} {f['rule']} {f['path']}: {f['what']} | {f['spark']}" for f in lint_v6.Table(table, False).lint()]
    if found:
        raise SystemExit(f"lint of {table}:\n" + "\n".join(found))


def tablecheck(table):
    done = subprocess.run([os.environ["TABLECHECK"], table, "--deep", "--json"], capture_output=True, text=True)
    if done.returncode or json.loads(done.stdout)["findings"]:
        raise SystemExit(f"tablecheck of {table}: exit {done.returncode}\n{done.stdout}{done.stderr}")


def relations(con, table, scratch):
    """Name -> relation of `con`, one an engine. Meta columns are left out."""
    from hudi import HudiTable
    import pyarrow as pa

    batches = HudiTable(table).read()
    con.register("by_hudi_rs", pa.Table.from_batches(batches))
    files = [os.path.join(table, slice.base_file_relative_path()) for slice in HudiTable(table).get_file_slices()]
    con.execute(f"CREATE OR REPLACE TEMP VIEW by_duckdb AS SELECT * FROM read_parquet({files!r}, hive_partitioning=false, union_by_name=true)")
    out = os.path.join(scratch, "by-tarn.parquet")
    tarn("query", table, "--format", "parquet", "--output", out)
    con.execute(f"CREATE OR REPLACE TEMP VIEW by_tarn AS SELECT * FROM read_parquet('{out}')")
    return ["by_hudi_rs", "by_duckdb", "by_tarn"]


def latest_files(table):
    """Partition -> sizes of the latest base files, as hudi-rs lists them."""
    from hudi import HudiTable

    found = {}
    for slice in HudiTable(table).get_file_slices():
        path = slice.base_file_relative_path()
        found.setdefault(os.path.dirname(path), []).append(os.path.getsize(os.path.join(table, path)))
    return found


def batches_in(folder, extension):
    return sorted(glob.glob(os.path.join(folder, f"*.{extension}")))
