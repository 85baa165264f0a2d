import Glibc
import TarnBase
import TarnTestSupport
import Testing

/// Processes that die in the middle of their work, at a chosen request or wherever a signal meets them: the table reads as
/// before or as after, and the next write repairs it.
@Suite(.serialized) struct ProcessCrashTests {
    /// Where `TARN_CRASH_AT` can end a process: before and after each of the requests 1, 2, ….
    private static let moments = (1...400).flatMap { ["\($0)", "\($0)+"] }

    private static let first = """
        {"id":"a","ts":1,"day":"d1","n":1}
        {"id":"b","ts":1,"day":"d1","n":2}
        {"id":"c","ts":1,"day":"d2","n":3}
        {"id":"d","ts":1,"day":"d3","n":4}

        """
    /// An update, a row that moves to a new partition, the last row of a file that moves away, an insert.
    private static let second = """
        {"id":"a","ts":2,"day":"d1","n":10}
        {"id":"b","ts":2,"day":"d4","n":20}
        {"id":"d","ts":2,"day":"d2","n":40}
        {"id":"e","ts":2,"day":"d2","n":50}

        """

    /// Asks the judges about every state that a crash left and a write repaired, in one go.
    private func judge(_ tables: [String]) throws {
        // What tablecheck does not judge of merge-on-read tables, the lint does.
        let findings = try Judges.findings(tables).filter { !$0.contains("check.unsupported") }
        #expect(findings.isEmpty, "\(findings.prefix(20).joined(separator: "\n"))")
    }

    @Test(arguments: ["cow", "mor"])
    func `a write that dies at any request leaves the table as before or as after, and the next one repairs it`(type: String) throws {
        let place = try Workplace()
        try place.create("--type", type)
        try #require(place.write(Self.first).exitCode == 0)
        let base = place.folder.path + "/base"
        try place.copy(place.table, to: base)
        let before = try place.rows()
        try #require(place.write(Self.second).exitCode == 0)
        let after = try place.rows()
        let last = #"{"id":"z","ts":9,"day":"d1","n":null,"note":null}"#

        var repaired: [String] = []
        var seen: Set<[String]> = []
        for moment in Self.moments {
            try place.copy(base, to: place.table)
            let died = try place.write(Self.second, environment: ["TARN_CRASH_AT": moment])
            let left = try place.rows()
            seen.insert(left)
            if died.exitCode == 0 {
                #expect(left == after)
                break
            }
            #expect(died.exitCode == 137, "at \(moment): \(died.errors)")
            #expect(left == before || left == after, "at \(moment): \(left)")
            // Half of them are repaired by hand first.
            if repaired.count % 2 == 1 {
                let undone = try Programs.tarn("rollback", place.table)
                #expect(undone.exitCode == 0, "rollback after \(moment): \(undone.errors)")
                #expect(try place.rows() == left)
            }
            let next = try place.write(last + "\n")
            #expect(next.exitCode == 0, "the write after \(moment): \(next.errors)")
            #expect(try place.rows() == left + [last], "after \(moment)")
            let kept = "\(place.folder.path)/after-\(moment)"
            try place.copy(place.table, to: kept)
            repaired.append(kept)
        }
        #expect(repaired.count > 20 && seen.count == 2, "only \(repaired.count) moments, \(seen.count) states")
        try judge(repaired)
    }

    @Test func `an ingest that dies at any request goes on where the table's ledger says`() throws {
        let place = try Workplace()
        try place.create()
        var lines: [String] = []
        for offset in 0..<6 {
            let row = #"{\"id\":\"k\#(offset % 4)\",\"ts\":\#(offset),\"day\":\"d\#(offset % 2)\",\"n\":\#(offset)}"#
            let payload = offset == 4 ? #"{\"id\":4}"# : row
            lines.append(#"{"topic":"t","partition":\#(offset % 2),"offset":\#(offset / 2),"key":null,"payload":"\#(payload)"}"#)
        }
        let events = try place.file("events.ndjson", lines.joined(separator: "\n") + "\n")
        let base = place.folder.path + "/base"
        try place.copy(place.table, to: base)
        let arguments = [Programs.tarnPath, "ingest", place.table, "--from", events, "--lines", "kcat", "--envelope", "plain", "--batch-rows", "3", "--json"]
        let whole = try ChildProcess.run(arguments)
        try #require(whole.exitCode == 0, "\(whole.errors)")
        try #require(whole.jsonLines.count == 2, "\(whole.output)")
        let final = try place.rows()

        var repaired: [String] = []
        var states: Set<[String]> = []
        for moment in Self.moments {
            try place.copy(base, to: place.table)
            _ = try ChildProcess.run(["rm", "-rf", place.table + ".quarantine"])
            let died = try ChildProcess.run(arguments, environment: ["TARN_CRASH_AT": moment])
            states.insert(try place.rows())
            if died.exitCode == 0 { break }
            #expect(died.exitCode == 137, "at \(moment): \(died.errors)")
            let again = try ChildProcess.run(arguments)
            #expect(again.exitCode == 0, "after \(moment): \(again.errors)")
            #expect(try place.rows() == final, "after \(moment)")
            // Once more: everything is known. A write of its own then removes what a crash behind the last commit left.
            #expect(try ChildProcess.run(arguments).jsonLines.allSatisfy { $0["instant"]?.isNull != false }, "after \(moment)")
            #expect(try place.write(#"{"id":"k0","ts":9,"day":"d0"}"# + "\n").exitCode == 0, "after \(moment)")
            let quarantined = try ChildProcess.run(["sh", "-c", "cat \(place.table).quarantine/*.ndjson | sort -u"]).jsonLines
            #expect(quarantined.count == 1 && quarantined[0]["offset"]?.intValue == 2, "after \(moment): \(quarantined)")
            let kept = "\(place.folder.path)/after-\(moment)"
            try place.copy(place.table, to: kept)
            repaired.append(kept)
        }
        #expect(states.count == 3, "\(states)")
        try judge(repaired)
    }

    @Test func `fifty writers killed while their inflight file exists lose and leave nothing`() throws {
        let place = try Workplace()
        try place.create()
        let keys = 20_000
        func rows(_ chosen: some Sequence<Int>, round: Int) -> String {
            var text = ""
            for key in chosen {
                text += #"{"id":"key-\#(key)","ts":\#(round),"day":"d\#(key % 8)","n":\#(round),"note":"round \#(round) of key \#(key &* 2_654_435_761)"}"# + "\n"
            }
            return text
        }
        try #require(place.write(rows(0..<keys, round: 0)).exitCode == 0)
        var killed = 0
        var visible = 0
        var rounds = 0
        // How long a write has its inflight file, as seen here: kills are spread over that, and a little more.
        var span = 100_000.0
        try withSeed { random, seed in
            while killed < 50, rounds < 400 {
                rounds += 1
                let input = try place.file("killed.ndjson", rows(stride(from: rounds % 4, to: keys, by: 4), round: rounds))
                let writer = try RunningProcess([Programs.tarnPath, "write", place.table, input, "--json"])
                let folder = place.table + "/.hoodie"
                while !hasInflight(folder), writer.isRunning { usleep(500) }
                let patience = UInt32(Double(random.next() % 1000) / 1000 * span * 1.1)
                usleep(rounds == 1 ? 0 : patience)
                let began = microseconds
                while rounds == 1, hasInflight(folder) { usleep(500) }
                if rounds == 1 { span = microseconds - began }
                let wasInflight = hasInflight(folder)
                writer.kill()
                let ended = try writer.wait()
                guard ended.exitCode == 137, wasInflight else { continue }
                killed += 1
                let changed = try Programs.tarn("query", place.table, "--count", "--where", "n = \(rounds)").output
                #expect(changed == "0\n" || changed == "\(keys / 4)\n", "TARN_SEED=\(seed) round \(rounds): \(changed) rows changed")
                if changed != "0\n" { visible += 1 }
                #expect(try Programs.tarn("query", place.table, "--count").output == "\(keys)\n", "TARN_SEED=\(seed) round \(rounds)")
                if killed % 10 == 0 {
                    let repair = try place.write(#"{"id":"key-0","ts":\#(rounds),"day":"d0","n":-1}"# + "\n")
                    #expect(repair.exitCode == 0, "TARN_SEED=\(seed) round \(rounds): \(repair.errors)")
                    #expect(try place.findings() == [], "TARN_SEED=\(seed) round \(rounds)")
                }
            }
        }
        #expect(killed == 50)
        print("killed \(killed) writers of \(rounds), \(visible) of them with their commit visible")
    }

    private var microseconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1000
    }

    private func hasInflight(_ folder: String) -> Bool {
        guard let stream = opendir(folder) else { return false }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            // Of a commit that is not completed.
            guard name.hasSuffix(".inflight"), !name.contains("rollback") else { continue }
            if access("\(folder)/\(name.dropLast(".inflight".count)).commit", F_OK) != 0 { return true }
        }
        return false
    }

    @Test func `two processes that write at once are refused or take turns, and nothing is lost`() throws {
        let place = try Workplace()
        try place.create()
        // Each writer tries until its commit is made: 12 commits of 50 rows.
        let script = """
            writer=$1; table=$2; tarn=$3; refusals=0
            for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
                for n in $(seq 50); do echo "{\\"id\\":\\"$writer-$round-$n\\",\\"ts\\":1,\\"day\\":\\"d$((n % 3))\\",\\"n\\":$round}"; done > $table.$writer.ndjson
                until $tarn write $table $table.$writer.ndjson --json >> $table.$writer.out 2> $table.$writer.err; do
                    code=$?
                    grep -q 'another writer' $table.$writer.err && [ $code = 1 ] || { cat $table.$writer.err; exit 9; }
                    refusals=$((refusals + 1))
                    sleep 0.0$((RANDOM % 5))
                done
            done
            echo "$writer refused $refusals times"
            """
        let program = try place.file("writer.sh", script)
        let writers = try ["one", "two"].map { try RunningProcess(["bash", program, $0, place.table, Programs.tarnPath]) }
        for writer in writers {
            let ended = try writer.wait()
            #expect(ended.exitCode == 0, "\(ended.output)\(ended.errors)")
            print(ended.output)
        }
        #expect(try place.rows().count == 1200)
        let instants = try Programs.tarn("show", place.table, "timeline", "--json").jsonLines[0]["instants"]?.arrayValue
        #expect(instants?.count == 24)
        #expect(try place.findings() == [])
    }
}
