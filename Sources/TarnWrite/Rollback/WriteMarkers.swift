import TarnBase
import TarnStorage
import TarnTable

/// What the markers of a write name (hudi-format §2.5): files that it was about to make.
struct WriteMarkers {
    /// `<partition>/<file>.marker.<kind>`.
    struct Mark {
        let partition: PartitionPath
        let fileName: String
        /// A log file, and not a base file.
        let isAppend: Bool

        /// nil for names that are no marker's.
        init?(_ relative: some StringProtocol) {
            guard let kind = ["CREATE", "MERGE", "APPEND"].first(where: { relative.hasSuffix(".marker.\($0)") }) else { return nil }
            let path = relative.dropLast(".marker.\(kind)".count)
            let slash = path.lastIndex(of: "/")
            guard let partition = PartitionPath(slash.map { String(path[..<$0]) } ?? "") else { return nil }
            self.partition = partition
            fileName = String(path[(slash.map { path.index(after: $0) } ?? path.startIndex)...])
            isAppend = kind == "APPEND"
        }
    }

    /// Everything in the markers' folder.
    let objects: [ObjectInfo]
    let marks: [Mark]

    /// Markers lie one in a file, or, where Spark's timeline server wrote them, a line each in files `MARKERS<n>`.
    ///
    /// Cost: a listing, and a request for each such file.
    static func load(of instant: InstantTime, _ table: TableHandle) async throws -> WriteMarkers {
        let folder = table.markerFolder(of: instant)
        do {
            let objects = try await table.store.list(folder, recursive: true).objects
            var marks: [Mark] = []
            for object in objects {
                guard let relative = object.path.relative(to: folder) else { continue }
                if relative.hasPrefix("MARKERS"), relative != "MARKERS.type" {
                    let text = object.size == 0 ? "" : try await table.store.get(object.path, upTo: .mebibytes(64)).printableText
                    marks += text.split(separator: "\n").compactMap { Mark($0) }
                } else if let mark = Mark(relative) {
                    marks.append(mark)
                }
            }
            return WriteMarkers(objects: objects, marks: marks)
        } catch {
            throw TableError(error, at: folder, instant: instant)
        }
    }
}
