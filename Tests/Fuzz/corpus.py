"""corpus.py pack FOLDER FILE | unpack FILE FOLDER: a folder of inputs as one file, each behind its length (2 bytes, little-endian)."""
import hashlib
import os
import sys

what, source, target = sys.argv[1:]
if what == "pack":
    with open(target, "wb") as out:
        for name in sorted(os.listdir(source)):
            with open(os.path.join(source, name), "rb") as f:
                content = f.read()
            out.write(len(content).to_bytes(2, "little") + content)
else:
    os.makedirs(target, exist_ok=True)
    with open(source, "rb") as f:
        while length := f.read(2):
            content = f.read(int.from_bytes(length, "little"))
            with open(os.path.join(target, hashlib.sha1(content).hexdigest()), "wb") as out:
                out.write(content)
