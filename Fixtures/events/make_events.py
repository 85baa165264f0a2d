#!/usr/bin/env python3
"""Makes the sample stream of `make demo`: conversation change events in Debezium envelopes, as `kcat -J` prints them.

    make_events.py            writes batch-1.ndjson … batch-7.ndjson, backfill.ndjson, expected.ndjson, probe.json beside itself
    make_events.py --check    makes them in memory and compares: exit 1 if a file differs (the tests run this)

Standard library only; every byte follows from SEED. Four source partitions. Batches 1 to 5 are the main job: inserts,
updates, deletes with their tombstones, late and duplicate events, a few keys whose partition value changes, and seven bad
events. Batches 6 and 7 go on without source partition 2, which stands still from then on: probe.json is the source's
state at the end, with what that partition holds back. backfill.ndjson holds one old version of a live row, which must lose.

The expected state is worked out here, independently of Tarn: per key the highest event_ts wins, the later event if equal;
within a batch a delete is remembered, after it it is not (SPEC.md, "Deletes").
"""
import json
import random
import sys
import zlib
from pathlib import Path

SEED = 20260110
TOPIC = "cdc.conversations"
PARTITIONS = 4
STALLED = 2
BATCH_EVENTS = [4_100] * 5 + [800] * 2  # a batch
T0 = 1_768_000_000_000  # 2026-01-09T23:06:40Z: the first event
BATCH_MS = 120_000
HERE = Path(__file__).parent

STATUSES = ["open", "waiting", "escalated", "resolved", "closed"]
CHANNELS = ["chat", "email", "voice", "whatsapp"]
SUBJECTS = ["refund", "login", "invoice", "shipping delay", "address change", "api limits", "password reset", "café order 🙂"]
WORDS = "customer asked about the order agent replied refund sent waiting for answer issue solved thanks".split()


class Source:
    """A table of conversations that changes, and the topic its changes go to."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.offsets = [0] * PARTITIONS
        self.lsn = 40_000_000
        self.live = {}      # conversation_id -> row as the source has it
        self.made = 0
        self.held_back = []  # event times of what the stalled partition does not deliver
        self.last_ms = [None] * PARTITIONS

    def new_row(self, ts):
        self.made += 1
        r = self.random
        return {
            "conversation_id": f"c-{self.made:06d}-{r.randrange(16**6):06x}",
            "tenant_id": f"tenant-{min(int(r.paretovariate(0.9)), 60):02d}",
            "event_ts": ts,
            "created_day": f"2026-01-{10 - int(3 * r.random() ** 2):02d}",
            "status": "open",
            "channel": r.choice(CHANNELS),
            "subject": r.choice(SUBJECTS),
            "agent_id": None,
            "message_count": 1,
            "csat": None,
            "first_response_s": None,
            "tags": r.sample(["vip", "eu", "us", "beta", "sla"], r.randrange(3)) or None,
            "summary": " ".join(r.choice(WORDS) for _ in range(r.randrange(3, 9))),
        }

    def changed(self, row, ts):
        r = self.random
        row = dict(row, event_ts=ts, status=r.choice(STATUSES), message_count=row["message_count"] + r.randrange(1, 5))
        if row["agent_id"] is None:
            row["agent_id"] = 9_007_199_254_740_993 + r.randrange(500)  # beyond what a double holds
            row["first_response_s"] = round(r.expovariate(1 / 40), 2)
        if row["status"] == "closed":
            row["csat"] = r.randrange(1, 6)
        row["summary"] = " ".join(r.choice(WORDS) for _ in range(r.randrange(3, 9)))
        if r.random() < 0.003:
            row["created_day"] = "2026-01-11"  # the partition value changes: a delete there, an insert here
        return row

    def record(self, key, envelope, partition=None, payload=None):
        """A line of `kcat -J`."""
        if partition is None:
            partition = zlib.crc32(key.encode()) % PARTITIONS
        offset = self.offsets[partition]
        self.offsets[partition] += 1
        if payload is None and envelope is not None:
            payload = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
        ts = envelope["ts_ms"] if envelope else T0
        return {"topic": TOPIC, "partition": partition, "offset": offset, "tstype": "create", "ts": ts, "broker": 0,
                "key": json.dumps({"conversation_id": key}) if key else None, "payload": payload}

    def envelope(self, op, row, ts):
        self.lsn += 56
        return {"before": {"conversation_id": row["conversation_id"]} if op == "d" else None,
                "after": None if op == "d" else row,
                "source": {"connector": "postgresql", "db": "support", "table": "conversations", "ts_ms": ts, "lsn": self.lsn},
                "op": op, "ts_ms": ts + 350}

    def batch(self, number):
        """The lines of one micro-batch, and the changes that count: (key, ts, row or None)."""
        r = self.random
        start = T0 + (number - 1) * BATCH_MS
        lines, changes = [], []
        silent = number > 5

        def emit(op, row, ts):
            key = row["conversation_id"]
            partition = zlib.crc32(key.encode()) % PARTITIONS
            if silent and partition == STALLED:
                self.held_back.append(ts)
                return
            self.last_ms[partition] = ts
            lines.append(self.record(key, self.envelope(op, row, ts)))
            changes.append((key, ts, None if op == "d" else row))
            if op == "d":
                lines.append(self.record(key, None))  # the tombstone that follows

        events = BATCH_EVENTS[number - 1]
        for i in range(events):
            ts = start + i * BATCH_MS // events
            chance = r.random()
            keys = list(self.live) if i % 64 == 0 else keys
            if chance < 0.40 or len(keys) < 50 or number == 1 and chance < 0.70:
                row = self.new_row(ts)
                self.live[row["conversation_id"]] = row
                emit("c", row, ts)
                continue
            key = r.choice(keys)
            row = self.live.get(key)
            if row is None:
                continue
            if chance < 0.88:
                self.live[key] = self.changed(row, ts)
                emit("u", self.live[key], ts)
            elif chance < 0.93:
                del self.live[key]
                emit("d", row, ts)
            elif chance < 0.97:                          # late: an old state of the row, arriving now
                emit("u", dict(row, event_ts=row["event_ts"] - r.randrange(1, 90_000), status="stale"), row["event_ts"] - 1)
                changes[-1:] = [(k, c["event_ts"] if c else t, c) for k, t, c in changes[-1:]]
            elif lines and lines[-1]["payload"]:         # delivered twice
                again = dict(lines[-1], offset=self.offsets[lines[-1]["partition"]])
                self.offsets[again["partition"]] += 1
                lines.append(again)
        if number in BAD:
            for bad in BAD[number](self, start + BATCH_MS // 2):
                lines.insert(len(lines) // 2, bad)
            renumber(lines)
        return lines, changes


def renumber(lines):
    """Offsets ascend within each partition, whatever was put in between."""
    for partition in range(PARTITIONS):
        mine = [line for line in lines if line["partition"] == partition]
        for offset, line in zip(sorted(line["offset"] for line in mine), mine):
            line["offset"] = offset


def bad_early(source, ts):
    row = source.new_row(ts)
    yield source.record(row["conversation_id"], source.envelope("c", dict(row, subject={"text": "refund", "lang": "en"}), ts))
    row = source.new_row(ts)
    yield source.record(row["conversation_id"], source.envelope("c", dict(row, event_ts=None), ts))
    row = source.new_row(ts)
    yield source.record(row["conversation_id"], source.envelope("c", dict(row, created_day=None), ts))
    yield source.record(None, source.envelope("c", {k: v for k, v in source.new_row(ts).items() if k != "conversation_id"}, ts), partition=1)


def bad_late(source, ts):
    row = source.new_row(ts)
    yield source.record(row["conversation_id"], source.envelope("c", dict(row, sentiment=0.7), ts))
    row = source.new_row(ts)
    yield source.record(row["conversation_id"], source.envelope("c", dict(row, message_count=3_000_000_000), ts))
    whole = json.dumps(source.envelope("c", source.new_row(ts), ts), separators=(",", ":"))
    yield source.record("c-cut", source.envelope("c", row, ts), payload=whole[: len(whole) // 2])


BAD = {2: bad_early, 4: bad_late}


def apply(state, changes):
    """One micro-batch on to the state, by the rule at the top of this file."""
    winner = {}
    for key, ts, row in changes:
        if key not in winner or ts >= winner[key][0]:
            winner[key] = (ts, row)
    for key, (ts, row) in winner.items():
        if key in state and state[key]["event_ts"] > ts:
            continue
        if row is None:
            state.pop(key, None)
        else:
            state[key] = row


def make():
    source, state, files = Source(), {}, {}
    text = lambda lines: "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    for number in range(1, len(BATCH_EVENTS) + 1):
        lines, changes = source.batch(number)
        apply(state, changes)
        files[f"batch-{number}.ndjson"] = text(lines)
    winner = max(state.values(), key=lambda row: (row["message_count"], row["conversation_id"]))
    old = dict(winner, event_ts=winner["event_ts"] - 86_400_000, status="from a backfill")
    files["backfill.ndjson"] = json.dumps(old, ensure_ascii=False, separators=(",", ":")) + "\n"
    behind = lambda p: p == STALLED
    probe = [{"source": TOPIC, "partition": p, "end": source.offsets[p] + (len(source.held_back) if behind(p) else 0),
              "first_uncommitted_event_ms": source.held_back[0] if behind(p) else None,
              "last_event_ms": source.held_back[-1] if behind(p) else source.last_ms[p]} for p in range(PARTITIONS)]
    files["probe.json"] = json.dumps({"observed_at_ms": 0, "partitions": probe}) + "\n"  # the demo puts its own clock in
    files["expected.ndjson"] = "".join(json.dumps(state[key], ensure_ascii=False, separators=(",", ":")) + "\n" for key in sorted(state))
    return files


if __name__ == "__main__":
    files = make()
    if sys.argv[1:] == ["--check"]:
        different = [name for name, text in files.items() if (HERE / name).read_text() != text]
        sys.exit(f"not what the generator makes: {', '.join(different)}" if different else 0)
    for name, text in files.items():
        (HERE / name).write_text(text)
