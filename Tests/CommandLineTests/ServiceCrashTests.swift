import Glibc
import TarnBase
import TarnTestSupport
import Testing

/// Services whose process dies in the middle: no row changes, and the same command finishes what was begun.
@Suite(.serialized) struct ServiceCrashTests {
    private static let services: [[String]] = [
        ["compact"], ["compact", "--plan-only"], ["cluster", "--small-file-limit", "1MiB"], ["cluster", "--small-file-limit", "1MiB", "--sort", "n"],
        ["clean", "--keep", "commits:1"], ["archive", "--keep", "1..2"],
    ]
    /// Where `TARN_CRASH_AT` can end a process: before and after each of the requests 1, 2, ….
    private static let moments = (1...400).flatMap { ["\($0)", "\($0)+"] }
    /// Every how manieth of them is tried: all with `TARN_SLOW=1`.
    private static let stride = getenv("TARN_SLOW") == nil ? 5 : 1

    /// Several commits of few groups, so that every service has something to do: old versions, logs, small files.
    private func base(_ type: String) throws -> Workplace {
        let place = try Workplace()
        try place.create("--type", type)
        func write(_ round: Int, _ more: String...) throws {
            let rows = (0..<6).map { #"{"id":"k\#($0)","ts":\#(round),"day":"d\#($0 % 2)","n":\#(round * 10 + $0)}"# + "\n" }.joined()
            let written = try place.tarn("write", [try place.file("rows.ndjson", rows)] + more)
            try #require(written.exitCode == 0, "\(written.errors)")
        }
        for round in 1...3 { try write(round) }
        if type == "mor" {
            try #require(place.tarn("compact").exitCode == 0)
            try write(4)
        }
        let more = (0..<4).map { #"{"id":"new\#($0)","ts":1,"day":"d\#($0 % 3)","n":\#($0)}"# + "\n" }.joined()
        let inserted = try place.tarn("write", [try place.file("rows.ndjson", more), "--op", "bulk-insert"])
        try #require(inserted.exitCode == 0, "\(inserted.errors)")
        return place
    }

    @Test(arguments: ["cow", "mor"])
    func `a service that dies at any request changes no row, and the same command makes the table sound`(type: String) throws {
        let place = try base(type)
        var random = SplitMix64(seed: testSeed)
        let rows = try place.rows()
        let base = place.folder.path + "/base"
        try place.copy(place.table, to: base)
        for service in Self.services where type == "mor" || service[0] != "compact" {
            var repaired: [String] = []
            let first = Int(random.next() % UInt64(Self.stride))
            for moment in Swift.stride(from: first, to: Self.moments.count, by: Self.stride).map({ Self.moments[$0] }) {
                try place.copy(base, to: place.table)
                let died = try place.tarn(service[0], Array(service.dropFirst()), environment: ["TARN_CRASH_AT": moment])
                #expect(try place.rows() == rows, "\(service) at \(moment)")
                if died.exitCode == 0 { break }
                #expect(died.exitCode == 137, "\(service) at \(moment): \(died.errors)")
                let again = try place.tarn(service[0], Array(service.dropFirst()))
                #expect(again.exitCode == 0, "\(service) after \(moment): \(again.errors)")
                // A plan that was made twice, or waits, is run.
                if service[0] == "compact" { #expect(try place.tarn("compact").exitCode == 0, "\(service) after \(moment)") }
                // What a death behind the end left, the next writer tidies up.
                #expect(try place.write(#"{"id":"k0","ts":0,"day":"d0"}"# + "\n", "--commit-token", "last").exitCode == 0)
                #expect(try place.rows() == rows, "\(service) after \(moment), done again")
                let kept = "\(place.folder.path)/after-\(service.joined())-\(moment)"
                try place.copy(place.table, to: kept)
                repaired.append(kept)
            }
            #expect(repaired.count > 10 / Self.stride, "\(service): only \(repaired.count) moments")
            // What tablecheck does not judge of merge-on-read tables, the lint does.
            let findings = try Judges.findings(repaired).filter { !$0.contains("check.unsupported") }
            #expect(findings.isEmpty, "\(service): \(findings.prefix(20).joined(separator: "\n"))")
            _ = try ChildProcess.run(["sh", "-c", "rm -rf '\(place.folder.path)'/after-*"])
        }
    }
}
