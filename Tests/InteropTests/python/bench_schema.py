"""The columns of the bench kit's stream, as an Avro schema."""
SCHEMA = {
    "type": "record", "name": "conversations_record", "namespace": "hoodie.conversations",
    "fields": [{"name": n, "type": t} for n, t in
               [("tenant_id", "string"), ("conversation_id", "string"), ("event_ts", "long"), ("created_day", "string")]]
    + [{"name": n, "type": ["null", t], "default": None} for n, t in
       [("intent", "string"), ("channel", "string"), ("agent_id", "long"), ("message_count", "int"),
        ("first_response_ms", "double"), ("resolution_ms", "double"), ("csat", "int"),
        ("tags", {"type": "array", "items": ["null", "string"]}),
        ("timing", {"type": "record", "name": "timing", "namespace": "hoodie.conversations.conversations_record",
                    "fields": [{"name": f, "type": ["null", "double"], "default": None}
                               for f in ("queued_ms", "handled_ms", "wrapup_ms")]}),
        ("transcript_summary", "string")]],
}
