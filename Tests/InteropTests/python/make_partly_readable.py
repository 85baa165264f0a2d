"""Writes files of which only some columns can be read: make_partly_readable.py FOLDER"""

import decimal
import sys

import pyarrow as pa
import pyarrow.parquet as pq

folder = sys.argv[1]
wide = decimal.Decimal("9" * 40)
bad = pa.decimal256(45, 1)
pq.write_table(
    pa.table({
        "id": [1, 2, 3],
        "wide": pa.array([wide, None, wide], pa.decimal256(50, 2)),
        "pair": pa.array([{"good": 1, "bad": decimal.Decimal(2)}, None, {"good": None, "bad": None}], pa.struct([("good", pa.int64()), ("bad", bad)])),
    }),
    folder + "/wide.parquet")
pq.write_table(pa.Table.from_arrays([pa.array([1, 2]), pa.array(["x", "y"]), pa.array(["p", "q"])], names=["a", "b", "b"]), folder + "/twice.parquet")
times = pa.array([0, 1001, -1, 1704141296123456789], pa.timestamp("ns"))
pq.write_table(pa.table({"t": times, "id": [1, 2, 3, 4]}), folder + "/nanoseconds.parquet", use_deprecated_int96_timestamps=True)
