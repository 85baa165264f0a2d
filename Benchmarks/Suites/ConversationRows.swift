import TarnBase
import TarnColumns

/// Made-up rows with the columns of the peer kit's conversations that suites ask for.
enum ConversationRows {
    static let schema: Schema = [
        Field("tenant_id", .string, nullable: false), Field("conversation_id", .string, nullable: false),
        Field("event_ts", .int64, nullable: false), Field("created_day", .string, nullable: false), Field("intent", .string),
        Field("agent_id", .int64), Field("message_count", .int32), Field("resolution_ms", .double),
        Field("tags", .list(element: Field("element", .string))),
        Field("timing", .struct([Field("queued_ms", .double), Field("handled_ms", .double)])), Field("transcript_summary", .string),
    ]

    static func batch(_ numbers: Range<Int>) -> RecordBatch { RecordBatch(schema: schema, rows: numbers.map(row)) }

    private static func row(_ number: Int) -> [Cell] {
        var random = Scrambled(number)
        func text(_ text: String) -> Cell { .text(Bytes(text)) }
        // The first tenant holds 30%.
        let tenant = random.next(10) < 3 ? 1 : random.next(500)
        let summary = (0..<(8 + random.next(16))).map { _ in words[random.next(words.count)] }.joined(separator: " ")
        return [
            text("tenant-\(10_000 + tenant)"), text("conversation-\(random.next(1 << 40))-\(number)"),
            .int(1_718_000_000_000 + Int64(number) * 900 + Int64(random.next(900))), text("2024-06-\(10 + number * 20 / 1_000_000)"),
            text(words[random.next(12)]), random.next(5) == 0 ? .null : .int(Int64(random.next(2000))), .int(Int64(1 + random.next(40))),
            random.next(8) == 0 ? .null : .double(Double(random.next(10_000_000)) / 10),
            random.next(20) == 0 ? .null : .list((0..<random.next(4)).map { _ in text(words[random.next(words.count)]) }),
            .fields([.double(Double(random.next(600_000))), .double(Double(random.next(3_600_000)))]), text(summary),
        ]
    }

    private static let words = [
        "refund", "delivery", "address", "invoice", "customer", "asked", "agent", "late", "parcel", "order", "please", "again", "payment", "card",
        "was", "the", "and", "not", "has", "been", "answered", "escalated", "closed", "reopened", "because", "of", "damaged", "goods",
    ]
}

/// Numbers that look random and are a function of the first.
struct Scrambled {
    private var state: UInt64

    init(_ number: Int) { state = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Below `limit`.
    mutating func next(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
