import Glibc
import Tarn
import TarnBase
import TarnCommandLine
import TarnFreshness
import TarnLocations
import TarnStorage

struct LagCommand: Command {
    var table = ""
    var s3 = S3Options()
    var probe: String?
    var expected: Int?
    var stateFile: String?
    var commitInterval: Int?
    var interval: Int?
    var objective = 900
    var asJSON = false

    static let word = "lag"
    static let abstract = "Shows how far readers are behind the source, and which source partition stands still."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .option("probe", "FILE", "A look at the source, as JSON; - is standard input.", \.probe),
        .option("expect", "N", "How many source partitions there must be.", \.expected),
        .option("state", "FILE", "Where readings are kept from call to call.", \.stateFile),
        .option("commit-interval", "SECONDS", "How often the writer commits (told from the table).", \.commitInterval),
        .option("interval", "SECONDS", "How often this is called.", \.interval),
        .option("slo", "SECONDS", "The lag that is acceptable (900).", \.objective),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        var options = FreshnessOptions()
        options.expectedCount = expected
        options.interval = interval.map { Int64($0) * 1000 }
        options.commitInterval = commitInterval.map { Int64($0) * 1000 }
        options.objective = Int64(objective) * 1000
        let location = try TableLocation(self)
        let observer = try FreshnessObserver(of: "", in: location.store, options: options)
        let (reading, history) = try await observer.read(probe: try await readProbe(), history: try await readState())
        if let stateFile { try await SmallFile(stateFile).replace(with: Bytes(history.description + "\n")) }
        if asJSON { Console.standardOutput.write(reading.json) } else { Console.standardOutput.write(text(reading)) }
        return reading.state.exitCode
    }

    private func readProbe() async throws -> Probe? {
        guard let probe else { return nil }
        guard !probe.hasPrefix("kafka://") else { throw Failure(.unsupported, "probing Kafka does not work yet: write the probe to a file") }
        do {
            return try Probe(JSON(parsing: try await SmallFile(probe).content()))
        } catch let error as ProbeError {
            throw Failure(.usage, error.description, path: probe)
        } catch let error as JSONError {
            throw Failure(.usage, "the probe is \(error)", path: probe)
        }
    }

    private func readState() async throws -> JSON? {
        guard let stateFile, let content = try await SmallFile(stateFile).contentIfPresent() else { return nil }
        do {
            return try JSON(parsing: content)
        } catch {
            throw Failure(.usage, "the state file is \(error); delete it to begin anew", path: stateFile)
        }
    }

    private func text(_ reading: Reading) -> String {
        func duration(_ milliseconds: Int64?) -> String { milliseconds.map { Duration.milliseconds($0).shortText } ?? "unknown" }
        func number(_ value: Int64?) -> String { value.map(String.init) ?? "-" }
        var rows = [["partition", "state", "next", "end", "behind", "lag", "since last event"]]
        for partition in reading.partitions {
            rows.append([
                partition.name, partition.state.rawValue + (partition.isConstant ? " (constant: the same page again and again?)" : ""),
                number(partition.next), number(partition.end), number(partition.offsetsBehind),
                (partition.lagIsUpperBound ? "at most " : "") + duration(partition.lag), duration(partition.staleness),
            ])
        }
        let subject = reading.worst.map { " \($0.name)" } ?? ""
        let unseen = reading.partitionsMissing > 0 ? "; \(reading.partitionsMissing) source partition(s) missing" : ""
        return """
            \(reading.state.rawValue)\(subject): lag \(duration(reading.pipelineLag)), last commit \(duration(reading.commitAge)) ago\(unseen)
            compaction lag \(duration(reading.compactionLag)) (\(reading.compactionBacklogSlices) slices with \(reading.compactionBacklogLogFiles) log files, \
            \(ByteCount(reading.compactionBacklogBytes))), small files \(reading.smallFiles), \
            newest event gap \(duration(reading.newestEventGap)) (says nothing of a partition that stands still)

            \(AlignedText.table(rows))
            """
    }
}
