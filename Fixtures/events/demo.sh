#!/usr/bin/env bash
# The main job, on the sample events beside this file. Leaves the table in .demo/conversations, the generator's own idea of
# the final state in .demo/expected.ndjson, and the source's state in .demo/probe.json. Needs the release build.
# Other places: TARN and TABLECHECK name the programs, DEMO the folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
events=Fixtures/events
tarn=${TARN:-.build/release/tarn}
tablecheck=${TABLECHECK:-.build/release/tablecheck}
demo=${DEMO:-.demo}
table=$demo/conversations
began=$SECONDS

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi
number=0
step() { number=$((number + 1)); printf '\n%s%d. %s%s  %s[%d s]%s\n' "$bold" $number "$*" "$plain" "$dim" $((SECONDS - began)) "$plain"; }
say() { printf '%s   %s%s\n' "$dim" "$*" "$plain"; }
shown() { local line="$*"; line=${line//$tarn/tarn}; line=${line//$tablecheck/tablecheck}; printf '   $ %s\n' "$line"; }
indented() { sed 's/^/   /'; }
run() { shown "$@"; "$@" 2>&1 | indented; }
ingest() { run "$tarn" ingest "$table" --from "$@" --lines kcat --ordering-unit ms; }
count() { "$tarn" query "$table" --count; }
probe() { sed "s/\"observed_at_ms\": 0/\"observed_at_ms\": $(date +%s%3N)/" $events/probe.json > "$demo/probe.json"; }

rm -rf "$demo"
mkdir -p "$demo"
cp $events/expected.ndjson "$demo/"

step "An empty Hudi table (version 6, copy-on-write), from an Avro schema"
run "$tarn" create "$table" --name conversations --schema $events/conversations.avsc \
    --record-key conversation_id --partition-by created_day --ordering event_ts

step "Change events of 4 source partitions, as kcat -J prints them: three micro-batches, three commits"
ingest $events/batch-{1,2,3}.ndjson

step "A writer is killed in the middle of the fourth"
before=$(count)
code=0
TARN_CRASH_AT=24 "$tarn" ingest "$table" --from $events/batch-4.ndjson --lines kcat --ordering-unit ms >"$demo/killed" 2>&1 || code=$?
shown TARN_CRASH_AT=24 "$tarn" ingest "$table" --from $events/batch-4.ndjson …
say "exit code $code: killed at its 24th request to the store. What it left:"
run "$tarn" show "$table" timeline
say "Rows before: $before. Rows now: $(count). Readers see nothing of it."

step "The next write repairs, then goes on where the ledger in the table says"
ingest $events/batch-4.ndjson $events/batch-5.ndjson
run "$tarn" show "$table" timeline

step "What came in"
run "$tarn" query "$table" --select conversation_id,status,agent_id,message_count,tags --where 'message_count >= 20' --limit 5
run "$tarn" show "$table" sizes

step "What was refused, and why; it is kept beside the table"
for file in "$table".quarantine/*.ndjson; do
    sed -E 's/.*"partition":([0-9]+),"offset":([0-9]+).*"reason":"(([^"\\]|\\.)*)".*/   partition \1, offset \2: \3/; s/\\"/"/g' "$file"
done

step "A backfill row that is older than the live one loses"
id=$(sed -E 's/.*"conversation_id":"([^"]*)".*/\1/' $events/backfill.ndjson)
run "$tarn" write "$table" $events/backfill.ndjson
run "$tarn" query "$table" --select conversation_id,status,event_ts --where "conversation_id = $id"

step "The same events once more: the ledger knows them, nothing is written twice"
ingest $events/batch-5.ndjson
say "Rows: $(count)"

step "Source partition 2 stands still from here on; the others go on"
ingest $events/batch-6.ndjson
probe
say "(lags are long: the sample events are of January 2026)"
run "$tarn" lag "$table" --probe "$demo/probe.json" --state "$demo/lag.state" || true
sleep 3
ingest $events/batch-7.ndjson
sleep 3
probe
say "Every run succeeded and brought rows. The next reading names the one that stands still all the same:"
run "$tarn" lag "$table" --probe "$demo/probe.json" --state "$demo/lag.state" || say "exit code 1"

step "Every invariant, every page"
run "$tablecheck" "$table" --deep

step "The same rows as the generator's own idea of the final state"
if "$tarn" query "$table" --format ndjson | sort | cmp -s - <(sort "$demo/expected.ndjson"); then
    say "all $(count) rows, byte for byte"
else
    say "they differ: $demo/expected.ndjson"
    exit 1
fi

rm -f "$demo/killed"
printf '\n%sDone in %d s: %s rows in %s%s\n' "$bold" $((SECONDS - began)) "$(count)" "$table" "$plain"
echo "Look around:    $tarn show $table"
echo "Remove it all:  rm -rf $demo   (and .build for what was built)"
