import BenchSupport
import Glibc
import TarnTable

/// `TarnBench WORKLOAD VARIANT key=value…`: does one workload of the peer kit and prints its `BENCH` line (cli.md,
/// "Benchmarks"). Exit code 2 for what it cannot do, with the reason on standard error.
@main
struct TarnBench {
    static var workloads: [any Workload.Type] {
        [
            ParquetWriting.self, ParquetReading.self, TableUpserts.self, SmallFilesQuery.self, SmallFilesClustering.self, SnapshotReading.self, ScanPlanning.self,
            EventParsing.self, EventLoading.self, EventMerging.self,
        ]
    }

    static func main() async {
        // As `tarn` does for its process.
        ProcessMemory.prepare()
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst(), workloads: workloads)
            print("BENCH \(try await measure(arguments))")
        } catch {
            let line = "TarnBench: \(error)\n"
            _ = line.utf8.withContiguousStorageIfAvailable { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            exit(2)
        }
    }

    private static func measure(_ arguments: Arguments) async throws -> Measurement {
        let workload = try arguments.workload.init(arguments)
        try await workload.prepare()
        var measurement = try await Measurement.of { try await workload.run() }
        measurement.told = try await workload.finish()
        return measurement
    }
}

/// What is measured: set-up, the timed work, and what must be left behind so that the answer can be verified.
protocol Workload: AnyObject {
    /// `W1` to `W7`.
    static var name: String { get }
    static var variants: [String] { get }

    init(_ arguments: Arguments) throws
    func prepare() async throws
    func run() async throws
    /// - Returns: Figures for the `BENCH` line beside those measured.
    func finish() async throws -> [(key: String, value: Int64)]
}
