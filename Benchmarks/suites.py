"""`make bench-suites`: the parts of reading and writing Parquet, each for itself, beside what the machine could do at best.

    suites.py [--rows 500000] [--rounds 5] [--limit-rounds 3]

First `limits.py` of the peer kit: memory, codecs and files on the kit's data. Then the suites (`Suites` in this folder) on the
same rows, with two columns more: the limit that applies, and how much of it was reached. That is the codec's speed where
there is one, and otherwise the speed of copying memory by one thread. Of a filtered scan all rows count that it looked at.
Exit code 1 if a suite read other rows than were written. `Benchmarks/instructions` counts instead of timing.
"""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
KIT = os.path.join(os.environ.get("TARN_SHARED", os.path.join(ROOT, "..", "shared")), "bench")
DATA = os.path.join(os.environ.get("TARN_BENCH_DATA", os.path.join(ROOT, ".build", "bench")), "data")
SUITES = os.environ.get("TARN_SUITES", os.path.join(ROOT, ".build", "release", "Suites"))


def limits(rows, rounds):
    """Prints the kit's table; its figures in GB/s by name."""
    command = [sys.executable, os.path.join(KIT, "limits.py"), "--rows", str(rows), "--data", DATA, "--rounds", str(rounds)]
    table = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(table)
    cells = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if line.startswith("|")]
    return {row[1]: float(row[2]) / 1e3 for row in cells[2:]}


def limit_of(suite, case):
    codec = next((kit for ours, kit in (("zstd", "zstd-3"), ("snappy", "snappy")) if ours in case), None)
    if suite in ("scan", "write") and codec:
        return f"{codec} {'decompress' if suite == 'scan' else 'compress'}"
    # gzip is not among the kit's; of two tasks the limit is that of two threads, which for a codec is not measured.
    return None if "gzip" in case else "memcpy, 2 threads" if "2 tasks" in case else "memcpy, 1 thread"


def run(suite, options, known):
    print(f"\nSuites {suite} {' '.join(options)}")
    with subprocess.Popen([SUITES, suite] + options, stdout=subprocess.PIPE, text=True) as process:
        head = process.stdout.readline().rstrip()
        print(f"{head:<130}  limit GB/s      reached   of")
        for line in process.stdout:
            cells = [cell for cell in line.rstrip().split("  ") if cell]
            name = limit_of(suite, cells[0])
            tasks = 2 if "2 tasks" in cells[0] and name and "press" in name else 1
            if len(cells) < 6 or name not in known:
                print(line.rstrip())
            else:
                limit = known[name] * tasks
                times = ", twice" if tasks == 2 else ""
                print(f"{line.rstrip():<130}  {limit:<14.2f}  {float(cells[3]) / limit:<8.0%}  {name}{times}", flush=True)
    return process.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit-rounds", type=int, default=3)
    options = parser.parse_args()
    os.makedirs(DATA, exist_ok=True)
    known = limits(options.rows, options.limit_rounds)
    base = os.path.join(DATA, f"rows{options.rows}-seed1", "base.parquet")
    rounds = f"rounds={options.rounds}"
    codes = [run("encodings", [rounds], known)]
    codes += [run(suite, [f"rows={options.rows}", rounds, f"file={base}"], known) for suite in ("scan", "write", "copy")]
    codes.append(run("copy", [rounds], known))
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
