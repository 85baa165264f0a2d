import Tarn
import TarnBase
public import TarnCommandLine
import TarnLocations
public import TarnServices
import TarnTable

extension Clustering.Curve: ArgumentValue {}

struct ClusterCommand: WritingCommand {
    var table = ""
    var s3 = S3Options()
    var lock = LockOptions()
    var sort = NameList()
    var curve = Clustering.Curve.linear
    var targetFileSize = ByteCount.mebibytes(120)
    var smallFileLimit: ByteCount?
    var smallRowGroupLimit = Clustering().smallRowGroupLimit
    var partitions = NameList()
    var planOnly = false
    var instant: String?
    var dryRun = false
    var memory = ByteCount.mebibytes(512)
    var spillDirectory: String?
    var asJSON = false

    static let word = "cluster"
    static let abstract = "Makes few large files of small ones, sorted if asked."
    static let parameters: [Parameter<Self>] = [
        .positional("TABLE", "The table.", \.table),
        .option("sort", "A,B", "Sort the rows of each partition by these columns (none: they keep their order).", \.sort),
        .option("curve", "linear|zorder|hilbert", "How several columns make one order (linear).", \.curve),
        .option("target-file-size", "SIZE", "Files are made about this large (120MiB).", \.targetFileSize),
        .option("small-file-limit", "SIZE", "Only files below this size are taken in (75% of the target).", \.smallFileLimit),
        .option("small-row-group-limit", "SIZE", "Without --sort, row groups from this size on are copied undecoded (4MiB).", \.smallRowGroupLimit),
        .option("partitions", "P,Q", "Only these partitions, by their folders (all).", \.partitions),
        .flag("plan-only", "Schedule, and let --run or another engine do it.", \.planOnly),
        .option("run", "INSTANT", "Run this pending clustering, whoever scheduled it.", \.instant),
        .flag("dry-run", "Say what would be done.", \.dryRun),
        .option("memory", "SIZE", "Ceiling on working memory (512MiB).", \.memory),
        .option("spill-dir", "FOLDER", "Where a sort spills what does not fit.", \.spillDirectory),
        .flag("json", "Print one JSON object.", \.asJSON),
    ]

    func run() async throws -> Int32 {
        guard [planOnly, dryRun, instant != nil].count(where: { $0 }) <= 1 else {
            throw Failure(.usage, "--plan-only, --run and --dry-run exclude each other")
        }
        let table = try TableLocation(writing: self).table
        let report =
            if let instant {
                try await table.runClustering(try time(instant), settings: clustering)
            } else if planOnly {
                try await table.scheduleClustering(clustering)
            } else if dryRun {
                try await table.dryRunClustering(clustering)
            } else {
                try await table.cluster(clustering)
            }
        let shown = ShownClustering(report: report, isDryRun: dryRun)
        Console.standardOutput.write(asJSON ? shown.json.description + "\n" : shown.text)
        return 0
    }

    private var clustering: Clustering {
        var clustering = Clustering(sortColumns: sort.names, targetFileSize: targetFileSize)
        clustering.curve = curve
        clustering.smallFileLimit = smallFileLimit
        clustering.smallRowGroupLimit = smallRowGroupLimit
        clustering.partitions = partitions.names.isEmpty ? nil : partitions.names
        clustering.memory = memory
        clustering.spillDirectory = spillDirectory
        return clustering
    }

    private func time(_ text: String) throws -> InstantTime {
        guard let time = InstantTime(text) else { throw Failure(.usage, "'\(text)' is not an instant") }
        return time
    }
}
