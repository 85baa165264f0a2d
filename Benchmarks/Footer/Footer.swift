import BenchSupport
import Glibc
import TarnBase
import TarnParquet
import TarnStorage
import TarnTable

/// What it takes to decode a Parquet file's footer that lies in memory, of which `Benchmarks/footer.py` takes the ratio to
/// other engines.
///
///     Footer file=PATH [rounds=20] [only=MEASURE]
///
/// Prints a line for each measure
///
///     open        the footer, to metadata with the schema mapped to columns
///     scan        the same, and a scan of three columns up to the first ranges it asks for
///     statistics  the same as open, and the statistics of every chunk
///
/// with the nanoseconds of the median round and a checksum of what was read.
@main
struct FooterBenchmark {
    static func main() async {
        ProcessMemory.prepare()
        do {
            let (path, rounds, only) = try arguments(CommandLine.arguments.dropFirst())
            let file = try TailOfFile(path)
            for (name, work) in [("open", open), ("scan", scan), ("statistics", statistics)] where only.isEmpty || only == name {
                var taken: [UInt64] = []
                var sums: Set<Int64> = []
                for _ in 0..<rounds {
                    let start = Runtime.system.clock.monotonicNanoseconds()
                    sums.insert(try work(file))
                    taken.append(Runtime.system.clock.monotonicNanoseconds() - start)
                }
                print("\(name) \(taken.sorted()[taken.count / 2]) ns  checksum \(sums.sorted().map { "\($0)" }.joined(separator: ","))")
            }
        } catch {
            print("Footer: \(error)")
            exit(2)
        }
    }

    private static func arguments(_ words: some Sequence<String>) throws -> (path: String, rounds: Int, only: String) {
        var (path, rounds, only) = ("", 20, "")
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.last.flatMap(Int.init)) {
            case ("file", _) where parts.count == 2: path = parts[1]
            case ("only", _) where parts.count == 2: only = parts[1]
            case ("rounds", let count?) where count > 0: rounds = count
            default: throw TableError(.invalid, "not '\(word)', but file=PATH rounds=COUNT only=MEASURE")
            }
        }
        guard !path.isEmpty else { throw TableError(.invalid, "no file=PATH") }
        return (path, rounds, only)
    }

    // MARK: The three measures

    private static func open(_ file: TailOfFile) throws -> Int64 {
        let metadata = try file.metadata()
        return metadata.rowCount &+ Int64(metadata.tree.leaves.count) &* Int64(metadata.rowGroups.count)
    }

    private static func scan(_ file: TailOfFile) throws -> Int64 {
        let metadata = try file.metadata()
        let last = metadata.tree.fields.count - 1
        var scan = ParquetScan(metadata: metadata, columns: Set([0, last / 2, last]).sorted())
        guard case .needs(let ranges) = try scan.next() else { return 0 }
        return ranges.reduce(0) { $0 &+ $1.lowerBound &+ $1.upperBound }
    }

    /// Null counts, and the bytes of bounds.
    private static func statistics(_ file: TailOfFile) throws -> Int64 {
        var sum: Int64 = 0
        for group in try file.metadata().rowGroups {
            for chunk in group.columns {
                guard let statistics = chunk.statistics else { continue }
                sum &+= (statistics.nullCount ?? 0) &+ Int64(statistics.minimum?.count ?? 0) &+ Int64(statistics.maximum?.count ?? 0)
            }
        }
        return sum
    }
}
