"""Peak memory of big writes and of services.

Writes: a table of 2,000,000 rows from shuffled files, then 1,000,000 changed rows in random order, once
over every partition and once with 90% of them in one file group. Every write must stay below the limit, and the table must hold
what DuckDB says it should (row counts and a checksum over every row).

Services (`--only services`): a file slice of 2,000,000 rows whose log holds as many is compacted, and a table of 2,000,000 rows
in small files is clustered with a sort, each with 88 (83 is refused), 128, 256 and 512 MiB; the limit
is 64 MiB above.

    memory-ceiling [--rows N] [--memory 256MiB] [--limit 320MiB] [--work DIR] [--keep]

The peak is the kernel's own (VmHWM of /proc/PID/status, which begins anew with exec), watched from outside; what the command
line says of itself is shown beside it.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Tests", "InteropTests", "python", "kit"))
import duckdb
import gen

MIB = 1 << 20


def size(text):
    return int(text.removesuffix("MiB")) * MIB


a = argparse.ArgumentParser()
a.add_argument("--rows", type=int, default=2_000_000)
a.add_argument("--memory", default="256MiB")
a.add_argument("--limit", type=size, default=size("320MiB"))
a.add_argument("--work")
a.add_argument("--keep", action="store_true", help="keep the tables and the inputs")
a.add_argument("--only", choices=["spread", "skewed", "services"])
a = a.parse_args()
work = a.work or tempfile.mkdtemp(prefix="tarn-memory-")
os.makedirs(work, exist_ok=True)
data = gen.prepare(work, a.rows, 1, {"small"}, small_files=20)
small = f"read_parquet('{data['small']}/*.parquet')"
con = duckdb.connect()
con.execute("set memory_limit = '4GB'; set preserve_insertion_order = true")
over = []
program = os.path.realpath(os.environ["TARN"])


def watched(what, *arguments, limit=None):
    """Runs tarn; returns what it prints with --json."""
    limit = limit or a.limit
    began = time.monotonic()
    process = subprocess.Popen([os.environ["TARN"], *arguments, "--json"], stdout=subprocess.PIPE, text=True)
    peak = 0
    while process.poll() is None:
        try:
            # Before exec it is this Python's own memory that is seen.
            if os.readlink(f"/proc/{process.pid}/exe") == program:
                with open(f"/proc/{process.pid}/status") as status:
                    peak = max([peak] + [int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")])
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.02)
    said = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"tarn {' '.join(arguments[:2])}: exit {process.returncode}\n{said}")
    told = json.loads(said)
    peak = max(peak, told.get("peak_memory_bytes", 0))
    if peak > limit: over.append(f"{what} ({peak / MIB:.0f} of {limit / MIB:.0f} MiB)")
    print(f"{what:42} peak {peak / MIB:6.1f} MiB {'OVER THE LIMIT' if peak > limit else ''} "
          f"{time.monotonic() - began:6.1f} s  {told['inserted']} inserted, {told['updated']} updated, "
          f"{told['files_written']} files, {told['bytes_written'] / MIB:.0f} MiB", flush=True)
    return told


def digest(relation):
    """Row count and a checksum that does not depend on the order of rows."""
    return con.execute(f"select count(*), sum(hash(x)::hugeint)::varchar from (select {', '.join(gen.SCHEMA.names)} from {relation}) x").fetchone()


def run(name, partition, target):
    """`partition` is the partition column's value as SQL over the generator's rows."""
    folder = os.path.join(work, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    row = f"* replace ({partition} as created_day)"
    inputs = []
    for number in range(20):
        inputs.append(os.path.join(folder, f"in-{number:02}.parquet"))
        con.execute(f"copy (select {row} from read_parquet('{data['small']}/f{number:05}.parquet')) to '{inputs[-1]}' (format parquet, compression zstd)")
    # 90% of a million in the first partition if it is skewed, else as the keys' hashes fall.
    chosen = "hash(conversation_id) % 2 = 0" if name == "spread" else \
        "hash(conversation_id) % 10 < (case when created_day = 'hot' then 9 else 1 end)"
    changes = os.path.join(folder, "changes.parquet")
    con.execute(f"""copy (select * replace ('changed' as intent, event_ts + 1000000000 as event_ts) from (select {row} from {small})
                    where {chosen} order by hash(conversation_id, 7)) to '{changes}' (format parquet, compression zstd)""")
    table = os.path.join(folder, "table")
    subprocess.run([os.environ["TARN"], "create", table, "--name", "conversations", "--schema-from", inputs[0], "--record-key", "conversation_id",
                    "--partition-by", "created_day", "--ordering", "event_ts"], check=True, stdout=subprocess.DEVNULL)
    options = ["--memory", a.memory, "--target-file-size", target, "--spill-dir", folder]
    told = watched(f"{name}: {a.rows} rows of 20 files", "write", table, *inputs, *options)
    assert told["inserted"] == a.rows, told
    changed = con.execute(f"select count(*) from '{changes}'").fetchone()[0]
    files = subprocess.run([os.environ["TARN"], "show", table, "files", "--paths"], check=True, capture_output=True, text=True).stdout.splitlines()
    if name != "spread":
        hot = con.execute(f"select count(*) from read_parquet({files!r}, filename=true, hive_partitioning=false) where created_day = 'hot' group by filename").fetchall()
        print(f"  the hot partition's file groups hold {[n for n, in hot]} rows")
    told = watched(f"{name}: {changed} changed rows", "write", table, changes, *options)
    assert told["updated"] == changed and told["inserted"] == 0, told
    files = subprocess.run([os.environ["TARN"], "show", table, "files", "--paths"], check=True, capture_output=True, text=True).stdout.splitlines()
    con.execute(f"""create or replace temp view expected as select * from '{changes}' union all
                    select * from read_parquet({inputs!r}) where conversation_id not in (select conversation_id from '{changes}')""")
    want, got = digest("expected"), digest(f"read_parquet({files!r}, hive_partitioning=false)")
    assert want == got, f"{name}: the table holds {got}, not {want}"
    print(f"  {got[0]} rows, checksum as expected")


def services():
    """Each service on a copy of one table, which no service changes: its files are linked."""
    folder = os.path.join(work, "services")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    inputs = [os.path.join(data["small"], f"f{number:05}.parquet") for number in range(20)]
    changes = os.path.join(folder, "changes.parquet")
    con.execute(f"""copy (select * replace ('changed' as intent, event_ts + 1000000000 as event_ts) from {small} order by hash(conversation_id, 7))
                    to '{changes}' (format parquet, compression zstd)""")

    def tarn(*arguments):
        subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)

    def create(name, kind):
        tarn("create", os.path.join(folder, name), "--name", name, "--schema-from", inputs[0], "--record-key", "conversation_id",
             "--ordering", "event_ts", "--type", kind)
        return os.path.join(folder, name)

    slice_of_logs, small_files = create("logs", "mor"), create("small", "cow")
    tarn("write", slice_of_logs, *inputs, "--target-file-size", "65536MiB")
    tarn("write", slice_of_logs, changes, "--target-file-size", "65536MiB")
    for path in inputs: tarn("write", small_files, path, "--op", "bulk-insert", "--target-file-size", "8MiB")
    for mebibytes in [88, 128, 256, 512]:
        for name, source, expected, arguments in [
                ("compact", slice_of_logs, f"read_parquet('{changes}')", []),
                ("cluster", small_files, small, ["--sort", "intent,event_ts", "--target-file-size", "120MiB"])]:
            table = os.path.join(folder, "copy")
            shutil.rmtree(table, ignore_errors=True)
            shutil.copytree(source, table, copy_function=os.link)
            watched(f"{name} --memory {mebibytes}MiB", name, table, "--memory", f"{mebibytes}MiB", "--spill-dir", folder, *arguments,
                    limit=(mebibytes + 64) * MIB)
            files = subprocess.run([program, "show", table, "files", "--paths"], check=True, capture_output=True, text=True).stdout.splitlines()
            want, got = digest(expected), digest(f"read_parquet({files!r}, hive_partitioning=false)")
            assert want == got, f"{name}: the table holds {got}, not {want}"


if a.only in (None, "services"): services()
if a.only in (None, "spread"): run("spread", "created_day", "120MiB")
if a.only in (None, "skewed"): run("skewed", "case when hash(conversation_id, 3) % 2 = 0 then 'hot' else created_day end", "1024MiB")
if not a.keep and not a.work: shutil.rmtree(work)
if over: raise SystemExit(f"over the limit: {'; '.join(over)}")
print("all within their limits")
