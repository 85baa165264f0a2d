"""A merge-on-read table under the bench kit's stream: after every commit, after writes that die, after a rollback and after a
compaction hudi-rs reads the rows that Tarn does; in the end both have what the oracle says.

    TARN=… TABLECHECK=… merge_on_read.py WORK_DIR [--rows N] [--batch-rows N] [--target BYTES]
"""
import argparse
import json
import os
import subprocess

import pyarrow as pa
from hudi import HudiTable

from table_readers import batches_in, lint, tarn

import check
import gen
from bench_schema import SCHEMA

arguments = argparse.ArgumentParser()
arguments.add_argument("work")
arguments.add_argument("--rows", type=int, default=20_000)
arguments.add_argument("--batch-rows", type=int, default=2_000)
arguments.add_argument("--target", type=int, default=1 << 18)
a = arguments.parse_args()

os.makedirs(a.work, exist_ok=True)
data = gen.prepare(a.work, a.rows, 1, {"base", "batches", "ndjson"}, 10, a.batch_rows, True)
table = os.path.join(a.work, "table")
schema = os.path.join(a.work, "schema.avsc")
with open(schema, "w") as file:
    json.dump(SCHEMA, file)
tarn("create", table, "--name", "conversations", "--schema", schema, "--record-key", "conversation_id",
     "--partition-by", "created_day", "--ordering", "event_ts", "--type", "mor")
con = check.connect()
out = os.path.join(a.work, "by-tarn.parquet")


def agree(when):
    """Both engines show the same rows."""
    tarn("query", table, "--format", "parquet", "--output", out)
    con.execute(f"CREATE OR REPLACE TEMP VIEW by_tarn AS SELECT * FROM read_parquet('{out}')")
    con.register("by_hudi_rs", pa.Table.from_batches(HudiTable(table).read()))
    columns = ", ".join(f["name"] for f in SCHEMA["fields"])
    for left, right in (("by_tarn", "by_hudi_rs"), ("by_hudi_rs", "by_tarn")):
        extra = con.sql(f"SELECT {columns} FROM {left} EXCEPT ALL SELECT {columns} FROM {right} LIMIT 3").fetchall()
        assert not extra, f"{when}: rows of {left} that {right} has not: {extra}"


tarn("write", table, data["base"], "--target-file-size", a.target)
agree("after the first commit")
logs = 0
for number, events in enumerate(batches_in(data["ndjson"], "ndjson"), 1):
    command = ["ingest", table, "--from", events, "--ordering-unit", "ms", "--target-file-size", str(a.target), "--json"]
    if number % 3 == 0:
        # Dies between the first request and the completed file; what it leaves shows nowhere.
        dead = subprocess.run([os.environ["TARN"], *command], capture_output=True, text=True, env=os.environ | {"TARN_CRASH_AT": str(20 + 7 * number)})
        assert dead.returncode, dead.stdout
        agree(f"after the dead writer {number}")
    told = tarn(*command)
    assert sum(json.loads(line)["events"]["read"] for line in told.splitlines()) == a.batch_rows, told
    agree(f"after batch {number}")
logs = [f for _, _, files in os.walk(table) for f in files if ".log." in f]
assert len(logs) > 10, logs

check.expected(con, data["base"], batches_in(data["batches"], "parquet"), "sequential")
for relation in ("by_tarn", "by_hudi_rs"):
    result = check.verify(con, relation)
    assert result["ok"], f"{relation}: {json.dumps(result, indent=1)}"
lint(table, keys=100)

# Newest commit undone: rollback blocks behind its logs.
one = json.loads(tarn("query", table, "--format", "ndjson", "--limit", "1"))
update = os.path.join(a.work, "one.ndjson")
with open(update, "w") as file:
    json.dump(dict(one, event_ts=one["event_ts"] + 10**9, intent="changed"), file)
told = json.loads(tarn("write", table, update, "--json"))
assert (told["action"], told["files_written"], told["updated"], told["files_read"]) == ("deltacommit", 1, 1, 0), told
agree("after an update of one key")
tarn("rollback", table, told["instant"])
agree("after its rollback")
for relation in ("by_tarn", "by_hudi_rs"): assert check.verify(con, relation)["ok"], relation

# Everything compacted, and written on.
tarn("compact", table)
agree("after the compaction")
for relation in ("by_tarn", "by_hudi_rs"): assert check.verify(con, relation)["ok"], relation
tarn("write", table, update)
agree("after a write behind the compaction")
lint(table, keys=100)
print(json.dumps({"rows": check.digest(con, "expected")["rows"], "logs": len(logs)}))
