#!/usr/bin/env bash
# The main job, on the sample events beside this file. Leaves the table in .demo/conversations, the generator's own idea of
# the final state in .demo/expected.ndjson, and the source's state in .demo/probe.json. Needs the release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
events=Fixtures/events
tarn=.build/release/tarn
tablecheck=.build/release/tablecheck
table=.demo/conversations
began=$SECONDS

step() { printf '\n\033[1m[%3ds] %s\033[0m\n' $((SECONDS - began)) "$*"; }
run() { printf '$ %s\n' "${*//.build\/release\//}"; "$@"; }
ingest() { run $tarn ingest $table --from "$@" --lines kcat --ordering-unit ms; }
probe() {
    sed "s/\"observed_at_ms\": 0/\"observed_at_ms\": $(date +%s%3N)/" $events/probe.json > .demo/probe.json
}

rm -rf .demo
mkdir .demo
cp $events/expected.ndjson .demo/

step "An empty Hudi table (version 6, copy-on-write), from an Avro schema"
run $tarn create $table --name conversations --schema $events/conversations.avsc \
    --record-key conversation_id --partition-by created_day --ordering event_ts

step "Change events of 4 source partitions, as kcat -J prints them: three micro-batches, three commits"
ingest $events/batch-{1,2,3}.ndjson

step "A writer that is killed in the middle of the fourth"
before=$($tarn query $table --count)
(TARN_CRASH_AT=24 ingest $events/batch-4.ndjson) || echo "exit code $?: killed at its 24th storage request"
run $tarn show $table timeline | tail -n 4
echo "rows before $before, rows now $($tarn query $table --count): readers see nothing of it"

step "The next write repairs, then goes on where the ledger says"
ingest $events/batch-4.ndjson $events/batch-5.ndjson
run $tarn show $table timeline | tail -n 5

step "What came in"
run $tarn query $table --select conversation_id,status,agent_id,message_count,tags --where 'message_count >= 20' --limit 5
run $tarn show $table sizes

step "What was refused, with the reason, and is kept"
for file in $table.quarantine/*.ndjson; do
    sed -E 's/.*"partition":([0-9]+),"offset":([0-9]+).*"reason":"(([^"\\]|\\.)*)".*/partition \1 offset \2: \3/' "$file"
done

step "A backfill row that is older than the live one"
run $tarn write $table $events/backfill.ndjson
id=$(sed -E 's/.*"conversation_id":"([^"]*)".*/\1/' $events/backfill.ndjson)
run $tarn query $table --select conversation_id,status,event_ts --where "conversation_id = $id"

step "Peak memory of an ingest, as the process itself reports it"
ingest $events/batch-5.ndjson --json | sed -E 's/.*("peak_memory_bytes": ?[0-9]+).*/\1/' | tail -n 1
echo "(the same events again: the ledger knows them, so nothing is written twice)"

step "Source partition 2 stands still; the others go on"
ingest $events/batch-6.ndjson
probe
run $tarn lag $table --probe .demo/probe.json --state .demo/lag.state || true
sleep 3
ingest $events/batch-7.ndjson
sleep 3
probe
echo "and the next reading names it:"
run $tarn lag $table --probe .demo/probe.json --state .demo/lag.state || echo "exit code $?"

step "Every invariant, every page"
run $tablecheck $table --deep

step "Done: $($tarn query $table --count) rows in $table"
echo "Look around:    .build/release/tarn show $table"
echo "Remove it all:  rm -rf .demo   (and .build for what was built)"
