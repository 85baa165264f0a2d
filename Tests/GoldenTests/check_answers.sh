#!/bin/bash
# Judges `tarn query` by every version 6 answer of the shared golden folder (TARN_SHARED), as its check.py does. Prints how many are
# the same, refused by a typed error that names the feature, and different; fails unless none is different and at least 700 are the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
golden="${TARN_SHARED:-../shared}/golden"
tarn="$(swift build -c release --show-bin-path)/tarn"
[ -f "$golden/check.py" ] || { echo "no golden tables in $golden: set TARN_SHARED"; exit 2; }
[ -x "$tarn" ] || { echo "build tarn first: make build"; exit 2; }
results="$(mktemp)"
trap 'rm -f "$results"' EXIT
python3 "$golden/check.py" --engine "$tarn query {table} {flags} --with-meta-fields --format ndjson" --version 6 --refusals --json "$results" --quiet >/dev/null || true
python3 - "$results" <<'PYTHON'
import collections, json, re, sys

results = json.load(open(sys.argv[1]))
refused = [r for r in results if r["result"] == "refused" or r["detail"].startswith("refused by name")]
different = [r for r in results if r["result"] not in ("pass", "refused")]
same = len(results) - len(refused) - len(different)
features = collections.Counter(re.sub(r"^tarn: unsupported: |\d{14,}|\(/tmp.*|;.*", "", r["detail"]).strip() for r in refused)
for feature, count in features.most_common(): print("refused %3d  %s" % (count, feature))
for result in different: print("DIFFERENT", result["query"], result["detail"])
print("%d answers: %d same, %d refused, %d different" % (len(results), same, len(refused), len(different)))
sys.exit(0 if not different and same >= 700 else 1)
PYTHON
