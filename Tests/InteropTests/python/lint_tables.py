"""The format lint over many tables in one process: a line a finding, warnings included. Exit 2 if one cannot be judged.

    lint_tables.py TABLE…
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "kit"))
import lint_v6

for table in sys.argv[1:]:
    for f in lint_v6.Table(table, True).lint():
        print(f"lint {table}: {f['level']} {f['rule']} {f['path']}: {f['what']} | {f['spark']}")
