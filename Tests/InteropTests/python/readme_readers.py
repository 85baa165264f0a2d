"""Runs the Python of the README that it calls tested, as it stands there, on a table of the sample events.

    TARN=… readme_readers.py WORK_DIR REPOSITORY
"""
import ast
import os
import re
import sys

from table_readers import lint, tablecheck, tarn

work, repository = sys.argv[1:]
table = os.path.join(work, "table")
events = os.path.join(repository, "Fixtures", "events")
tarn("create", table, "--name", "conversations", "--schema", os.path.join(events, "conversations.avsc"), "--record-key", "conversation_id",
     "--partition-by", "created_day", "--ordering", "event_ts")
tarn("ingest", table, "--from", os.path.join(events, "batch-1.ndjson"), os.path.join(events, "batch-2.ndjson"))
rows = int(tarn("query", table, "--count"))
os.environ["PATH"] = os.path.dirname(os.environ["TARN"]) + ":" + os.environ["PATH"]

with open(os.path.join(repository, "README.md")) as file:
    blocks = re.findall(r"\(\*run by the tests\*\):\n\n```python\n(.*?)```", file.read(), re.S)
assert len(blocks) == 2, f"{len(blocks)} blocks of Python are called tested, not 2"
for block in blocks:
    code = ast.parse(block.replace("TABLE", table))
    last = ast.Expression(code.body.pop().value)
    names = {}
    exec(compile(code, "README.md", "exec"), names)
    result = eval(compile(last, "README.md", "eval"), names)
    count = result.num_rows if hasattr(result, "num_rows") else len(result)
    assert count == rows, f"{count} rows, not {rows}:\n{block}"
lint(table)
tablecheck(table)
print(rows, "rows, twice")
