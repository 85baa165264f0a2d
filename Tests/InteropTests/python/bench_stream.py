"""The stream of the bench kit: a base table, ten batches of change events, one `tarn ingest` each; the final state is what
the oracle says, as Tarn, hudi-rs and DuckDB read it; and only what changed was touched.

    TARN=… TABLECHECK=… bench_stream.py WORK_DIR [--rows N] [--batch-rows N] [--resurrect] [--target BYTES]
"""
import argparse
import json
import math
import os

from table_readers import batches_in, latest_files, lint, relations, tablecheck, tarn

import check
import gen
from bench_schema import SCHEMA

arguments = argparse.ArgumentParser()
arguments.add_argument("work")
arguments.add_argument("--rows", type=int, default=200_000)
arguments.add_argument("--batch-rows", type=int, default=20_000)
arguments.add_argument("--resurrect", action="store_true")
arguments.add_argument("--target", type=int, default=1 << 20)
a = arguments.parse_args()

os.makedirs(a.work, exist_ok=True)
data = gen.prepare(a.work, a.rows, 1, {"base", "batches", "ndjson"}, 10, a.batch_rows, a.resurrect)
table = os.path.join(a.work, "table" + ("-resurrect" if a.resurrect else ""))
schema = os.path.join(a.work, "schema.avsc")
with open(schema, "w") as file:
    json.dump(SCHEMA, file)
tarn("create", table, "--name", "conversations", "--schema", schema, "--record-key", "conversation_id",
     "--partition-by", "created_day", "--ordering", "event_ts")
tarn("write", table, data["base"], "--target-file-size", a.target)

con = check.connect()
batches = batches_in(data["batches"], "parquet")
for number, events in enumerate(batches_in(data["ndjson"], "ndjson"), 1):
    told = tarn("ingest", table, "--from", events, "--ordering-unit", "ms", "--target-file-size", a.target, "--json")
    commits = [json.loads(line) for line in told.splitlines()]
    assert sum(c["events"]["read"] for c in commits) == a.batch_rows, told
    assert not sum(c["events"]["quarantined"] for c in commits), told

check.expected(con, data["base"], batches, "sequential" if a.resurrect else "global")
for relation in relations(con, table, a.work):
    result = check.verify(con, relation)
    assert result["ok"], f"{relation}: {json.dumps(result, indent=1)}"
lint(table, keys=100)
tablecheck(table)

for partition, sizes in latest_files(table).items():
    assert max(sizes) <= 1.5 * a.target, (partition, sizes)
    assert len(sizes) <= math.ceil(sum(sizes) / a.target) + 1, (partition, sizes)

# An update of one key writes one file.
one = json.loads(tarn("query", table, "--format", "ndjson", "--limit", "1"))
update = os.path.join(a.work, "one.ndjson")
with open(update, "w") as file:
    json.dump(dict(one, event_ts=one["event_ts"] + 10**9, intent="changed"), file)
told = json.loads(tarn("write", table, update, "--target-file-size", a.target, "--json"))
assert (told["files_written"], told["updated"], told["inserted"]) == (1, 1, 0), told
print(json.dumps({"rows": check.digest(con, "expected")["rows"], "last_commit": told}))
