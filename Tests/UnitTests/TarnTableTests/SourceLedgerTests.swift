import TarnBase
import TarnTable
import TarnTestSupport
import Testing

@Suite struct SourceLedgerTests {
    @Test func `a ledger records what commits take in, and comes back from its text`() throws {
        var ledger = SourceLedger()
        #expect(try ledger.watermarkMilliseconds == nil && SourceLedger(parsing: ledger.text) == ledger)
        let a = SourceLedger.name(source: "cdc.conversations", partition: 0)
        let b = SourceLedger.name(source: "cdc.conversations", partition: 1)
        ledger.advance(a, by: .init(next: 10, rows: 10, firstEventMilliseconds: 100, lastEventMilliseconds: 90, maximumEventMilliseconds: 120), at: 1000)
        ledger.advance(a, by: .init(next: 15, rows: 5, firstEventMilliseconds: 80, lastEventMilliseconds: 95, maximumEventMilliseconds: 95), at: 1001)
        ledger.advance(b, by: .init(next: 3, rows: 3, firstEventMilliseconds: 50, lastEventMilliseconds: 50, maximumEventMilliseconds: 50), at: 1000)
        #expect(ledger.partitions[a] == .init(next: 15, rows: 15, firstEventMilliseconds: 100, lastEventMilliseconds: 95, maximumEventMilliseconds: 120, movedAtMilliseconds: 1001))
        #expect(ledger.watermarkMilliseconds == 50 && Watermark.text(of: ledger) == "50")
        #expect(ledger.text == #"{"version":1,"partitions":{"cdc.conversations/0":{"next":15,"rows":15,"first_event_ms":100,"last_event_ms":95,"max_event_ms":120,"moved_at_ms":1001},"cdc.conversations/1":{"next":3,"rows":3,"first_event_ms":50,"last_event_ms":50,"max_event_ms":50,"moved_at_ms":1000}},"files":{"count":0,"recent":[]}}"#)

        var second = ledger.startingCommit()
        second.advance(b, by: .init(next: 3, rows: 0, firstEventMilliseconds: nil, lastEventMilliseconds: nil, maximumEventMilliseconds: nil), at: 2000)
        #expect(second.partitions[a] == .init(next: 15, maximumEventMilliseconds: 120, movedAtMilliseconds: 1001))
        #expect(second.partitions[b]?.movedAtMilliseconds == 1000, "a partition whose offset stands has not moved")
        #expect(try SourceLedger(parsing: second.text) == second)
    }

    @Test func `a finished file moves from the partitions to the files, of which the newest are kept`() throws {
        var ledger = SourceLedger()
        ledger.advance("x/0", by: .init(next: 5, rows: 5, firstEventMilliseconds: 1, lastEventMilliseconds: 9, maximumEventMilliseconds: 9), at: 1)
        ledger.finish(.init(id: "x", rows: 7, maximumEventMilliseconds: 8, atMilliseconds: 2), unfinishedAs: "x/0")
        #expect(ledger.partitions.isEmpty && ledger.finishedFile("x")?.maximumEventMilliseconds == 9 && ledger.watermarkMilliseconds == nil)
        for file in 0..<300 { ledger.finish(.init(id: "f\(file)", rows: 1, maximumEventMilliseconds: nil, atMilliseconds: 3), unfinishedAs: "f\(file)/0") }
        #expect(ledger.finishedFileCount == 301 && ledger.recentFiles.count == 256)
        #expect(ledger.finishedFile("f43") == nil && ledger.finishedFile("f44") != nil && ledger.recentFiles.last?.id == "f299")
        #expect(try SourceLedger(parsing: ledger.text) == ledger)
    }

    @Test func `what is no ledger is refused, and a later version by name`() {
        for text in ["", "[]", #"{"version":1}"#, #"{"version":1,"partitions":{"a":{}}}"#, #"{"version":1,"partitions":{},"files":{"count":1,"recent":[{}]}}"#] {
            let fault = #expect(throws: TableError.self) { try SourceLedger(parsing: text) }
            #expect(fault?.code == .corrupt)
        }
        #expect(#expect(throws: TableError.self) { try SourceLedger(parsing: #"{"version":2,"partitions":{}}"#) }?.code == .unsupported)
    }

    @Test func `the last hundred commit tokens are remembered`() throws {
        var tokens = CommitTokens()
        for number in 0..<130 { tokens = tokens.adding("t\(number)") }
        tokens = tokens.adding("t50")
        #expect(tokens.tokens.count == 100 && tokens.contains("t50") && tokens.tokens.last == "t50" && !tokens.contains("t29"))
        #expect(try CommitTokens(parsing: tokens.text) == tokens)
        #expect(throws: TableError.self) { try CommitTokens(parsing: "[1]") }
        var counts = EventCounts()
        counts.read = 5
        counts.stale = 2
        #expect(try EventCounts(parsing: counts.text) == counts)
        #expect(throws: TableError.self) { try EventCounts(parsing: "[]") }
    }

    @Test func `file sizes have nearest-rank percentiles`() {
        let sizes = FileSizes([5, 1, 3, 2, 4], smallFileLimit: 3)
        #expect(sizes.smallFileCount == 2 && sizes.percentile(50) == 3 && sizes.percentile(0) == 1 && sizes.percentile(100) == 5 && sizes.percentile(95) == 5)
        #expect(FileSizes([], smallFileLimit: 3).percentile(50) == nil)
    }
}
