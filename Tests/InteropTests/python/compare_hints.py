"""Compares the `ARROW:schema` entry of files with the schema pyarrow reads: compare_hints.py FOLDER

The entry must be the encapsulated message that Arrow's own reader decodes, valid to its verifier, and name the types that pyarrow
gives the columns of the same file without it (N.bare beside N.parquet), names, nullability and all.
"""

import base64
import glob
import sys

import pyarrow as pa
import pyarrow.parquet as pq

files = sorted(glob.glob(sys.argv[1] + "/*.parquet"))
for path in files:
    entry = pq.read_metadata(path).metadata[b"ARROW:schema"]
    hinted = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(entry, validate=True)))
    read = pq.read_schema(path)
    assert read.remove_metadata() == hinted.remove_metadata(), "%s:\n%s\nhint:\n%s" % (path, read, hinted)
    assert pq.read_table(path).schema.remove_metadata() == hinted.remove_metadata(), path
    for field, other in zip(read, hinted):
        assert field.equals(other, check_metadata=False) and field.nullable == other.nullable, "%s: %s, hint %s" % (path, field, other)
    assert pq.read_schema(path.replace(".parquet", ".bare")) == hinted.remove_metadata(), path
print("%d hints are the schemas that pyarrow reads" % len(files))
