import TarnBase
import TarnColumns
import TarnStorage
import TarnTable

/// One way of showing a table.
protocol TableView {
    func text() async throws -> String
    func json() async throws -> JSON
}

/// A table as `tarn show` looks at it: properties and timeline read once, files listed when a view needs them.
struct ShownTable {
    let location: TableLocation
    let properties: TableProperties
    let timeline: Timeline
    let commits: CompletedCommits

    var handle: TableHandle { location.handle }

    init(_ location: TableLocation) async throws {
        self.location = location
        properties = try await TableProperties.load(location.handle)
        timeline = try await Timeline.load(location.handle)
        commits = CompletedCommits(location.handle, timeline: timeline)
    }

    /// The base files that a read-optimized view of now reads; of a copy-on-write table all that a snapshot does.
    func latestFiles() async throws -> [BaseFile] {
        let (selection, files) = try await selected()
        return selection.latestBaseFiles(of: files)
    }

    /// The slices of the latest snapshot, log files and all.
    func latestSlices() async throws -> [FileSlice] {
        let (selection, files) = try await selected()
        return selection.latestSlices(of: files)
    }

    /// The base files, and what waits in log files.
    func sizes() async throws -> (files: [BaseFile], backlog: CompactionBacklog) {
        let (selection, files) = try await selected()
        return (selection.latestBaseFiles(of: files), try await CompactionBacklog.load(commits, selection, files))
    }

    private func selected() async throws -> (SliceSelection, TableFiles) {
        guard properties.version == 6 else {
            throw TableError(.unsupported, "the files of a table of version \(properties.version) cannot be shown yet")
        }
        return (try await SliceSelection.load(commits), try await ListedFiles(handle).allFiles())
    }

    func schema() async throws -> Schema {
        guard let known = try await TableSchema.load(properties, commits) else {
            throw Failure(.invalid, "neither a commit nor the properties tell the table's columns")
        }
        return known.schema
    }
}

extension Timeline {
    /// Instants as people look for them: when, what, how far.
    var rows: [[String]] { instants.map { ["\($0.time)", $0.action.rawValue, $0.state.rawValue, $0.time.readableText] } }
}

extension InstantTime {
    /// `2026-01-10 08:00:00.123`; nothing for reserved instants.
    var readableText: String {
        guard let civil else { return "" }
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2)) "
            + "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)).\(padded(civil.millisecond, 3))"
    }
}
