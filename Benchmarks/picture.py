"""`make bench`: how Tarn stands beside the engines of today, in about three minutes once everything is set up.

    picture.py --setup     makes the inputs (untimed)
    picture.py             runs every workload once, beside the peers, and prints one table

A ratio below 1 is faster, or less, than the peer. Every answer is verified; a wrong one shows as `failed`. For figures to
quote, give more rounds and rows: Benchmarks/run W3 --rows 2000000 --rounds 5.
"""
import argparse
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SHARED = os.environ.get("TARN_SHARED", os.path.join(ROOT, "..", "shared"))
DATA = os.environ.get("TARN_BENCH_DATA", os.path.join(ROOT, ".build", "bench"))

ROWS = 100_000
# Workload, its variants, and the size that its table line shows.
PLAN = [
    ("W1", "zstd,snappy,none", ["--rows", f"{ROWS}"]),
    ("W2", "scan,prune,filter", ["--rows", f"{ROWS}"]),
    ("W3", "upsert,upsert-mor", ["--rows", f"{ROWS}", "--batches", "5", "--batch-rows", "5000"]),
    ("W4", "query,compact,stitch,sort,zorder", ["--rows", f"{ROWS}", "--small-files", "200"]),
    ("W5", "snapshot,snapshot-parquet", ["--rows", f"{ROWS}", "--batches", "5", "--batch-rows", "5000"]),
    ("W6", "plan-all,plan-day", ["--commits", "500"]),
    ("W7", "parse,bulk,merge", ["--rows", f"{ROWS}", "--batches", "5", "--batch-rows", "5000"]),
]
# What no peer has a match for: files, bytes, requests and peak memory of many small commits, and of a compaction.
OWN = [["SmallFiles", "commits=10", "rows=1000", "cities=4"], ["Compaction", "rows=100000", "memory=64"]]


def size(options):
    named = dict(zip(options[::2], options[1::2]))
    text = {"--rows": "{:,} rows", "--batches": "{} batches", "--batch-rows": "of {:,}", "--small-files": "{} files", "--commits": "{} commits"}
    return " ".join(text[key].format(int(value)) for key, value in named.items())


def setup():
    for workload, _, options in PLAN:
        print(f"set-up: inputs of {workload}, {size(options)}", flush=True)
        subprocess.run([sys.executable, os.path.join(SHARED, "bench", "bench.py"), workload, "--peer", "none", "--data", os.path.join(DATA, "data"),
                        "--out", os.path.join(DATA, "out"), *options], check=True, stdout=subprocess.DEVNULL)


def line(workload, variant, runs, options):
    ours = next((r for r in runs if r["peer"] == "tarn"), None)
    peers = [r for r in runs if r["peer"] != "tarn" and "error" not in r]
    if ours is None or "error" in ours or not peers:
        why = ours["error"] if ours and "error" in ours else "no peer"
        return [f"{workload} {variant}", f"failed: {why[:60]}", "", "", "", "", ""]
    by_wall, by_cpu = (sorted(peers, key=lambda r: r[key]) for key in ("wall_s", "cpu_s"))
    requests = [f"{kind} {ours[kind + 's_per_commit']}" for kind in ("get", "put", "list", "head", "delete") if kind + "s_per_commit" in ours]

    def ratio(key, ranked):
        return f"{ours[key] / ranked[0][key]:5.2f} {ranked[0]['peer']:12.12} {ours[key] / ranked[-1][key]:5.2f} {ranked[-1]['peer']:12.12}"
    return [f"{workload} {variant}", ratio("wall_s", by_wall), ratio("cpu_s", by_cpu),
            f"{ours['rss_peak'] / 2**20:.0f} ({min(r['rss_peak'] for r in peers) / 2**20:.0f})",
            f"{ours['written'] / 1e6:.1f} ({min(r['written'] for r in peers) / 1e6:.1f})" if ours["written"] else "-",
            ", ".join(requests), size(options)]


def main():
    began = time.monotonic()
    runs_file = os.path.join(DATA, "runs.jsonl")
    open(runs_file, "w").close()
    lost = []
    for workload, variants, options in PLAN:
        print(f"running {workload} {variants}, {size(options)}", file=sys.stderr, flush=True)
        done = subprocess.run([os.path.join(HERE, "run"), workload, "--variant", variants, "--rounds", os.environ.get("BENCH_ROUNDS", "1"),
                               "--warmup", "0", *options], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            lost.append(workload)
    with open(runs_file) as f:
        runs = [json.loads(text) for text in f]
    head = ["workload", "wall x fastest, slowest peer", "cpu x thriftiest, thirstiest peer", "peak MiB (least peer)", "written MB (least peer)",
            "requests per commit", "size"]
    rows = [head]
    for workload, variants, options in PLAN:
        for variant in variants.split(","):
            rows.append(line(workload, variant, [r for r in runs if (r["workload"], r["variant"]) == (workload, variant)], options))
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    failed = [row[0] for row in rows[1:] if row[1].startswith("failed")]
    for program in OWN:
        print(f"\n{' '.join(program)}", flush=True)
        if subprocess.run([os.path.join(os.path.dirname(os.environ["TARN_BENCH"]), program[0]), *program[1:]]).returncode:
            lost.append(program[0])
    print(f"\n{time.monotonic() - began:.0f} s; {len(os.sched_getaffinity(0))} processors, inputs warm, nobody calls fsync; every run is in {runs_file}")
    return 1 if failed or lost else 0


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--setup", action="store_true", help="make the inputs and stop")
if parser.parse_args().setup:
    setup()
else:
    sys.exit(main())
