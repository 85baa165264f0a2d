import TarnBase
import TarnTable

extension ClusteringPlan {
    /// The plan as Spark 0.15 writes it (hudi-format §9.2).
    ///
    /// - Parameter address: Of a file relative to the table.
    init(_ groups: [ClusteringPlanner.Group], _ clustering: Clustering, address: (String) -> String) {
        var parameters = ExtraMetadata()
        if !clustering.sortColumns.isEmpty { parameters[Self.sortColumnsKey] = clustering.sortColumns.joined(separator: ",") }
        if let layout = clustering.curve.layoutName { parameters[Self.layoutKey] = layout }
        if clustering.targetFileSize != Clustering().targetFileSize { parameters[Self.targetFileSizeKey] = "\(clustering.targetFileSize.bytes)" }
        self.init(
            groups: groups.map { group in
                Group(
                    slices: group.slices.map { slice in
                        Slice(
                            group: PlannedGroup(partitionPath: slice.partition.text, fileID: slice.fileID.text),
                            baseFile: slice.baseFile.map { address($0.relativePath) } ?? "", logFiles: slice.logFiles.map { address($0.relativePath) })
                    },
                    metrics: Self.metrics(of: group), outputFileCount: group.outputFileCount)
            },
            strategyParameters: parameters)
    }

    /// In whole mebibytes, as Java counts; the order is that of its hash map.
    private static func metrics(of group: ClusteringPlanner.Group) -> [Metric] {
        let logs = group.slices.flatMap(\.logFiles)
        let logBytes = logs.reduce(0) { $0 + $1.size }
        let baseBytes = group.slices.reduce(0) { $0 + ($1.baseFile?.size ?? 0) }
        func mebibytes(_ bytes: Int64) -> Double { Double(bytes >> 20) }
        return [
            Metric("TOTAL_LOG_FILES", Double(logs.count)), Metric("TOTAL_IO_MB", mebibytes(2 * baseBytes + logBytes)),
            Metric("TOTAL_IO_READ_MB", mebibytes(baseBytes)), Metric("TOTAL_LOG_FILES_SIZE", Double(logBytes)),
            Metric("TOTAL_IO_WRITE_MB", mebibytes(baseBytes)),
        ]
    }

    /// What the plan says of how rows are ordered; of plans of other engines, what they leave to their configuration comes
    /// from `clustering`.
    func settings(over clustering: Clustering) -> Clustering {
        var settings = clustering
        settings.sortColumns = strategyParameters[Self.sortColumnsKey].map { $0.split(separator: ",").map(String.init) } ?? []
        if let curve = strategyParameters[Self.layoutKey].flatMap(Clustering.Curve.init(layoutName:)) { settings.curve = curve }
        if let bytes = strategyParameters[Self.targetFileSizeKey].flatMap({ Int64($0) }), bytes > 0 { settings.targetFileSize = .init(bytes) }
        return settings
    }
}

extension Clustering.Curve {
    /// As `hoodie.layout.optimize.strategy` spells it; nil for the default.
    var layoutName: String? {
        switch self {
        case .linear: nil
        case .zorder: "z-order"
        case .hilbert: "hilbert"
        }
    }

    init?(layoutName: String) {
        guard let curve = Self.allCases.first(where: { ($0.layoutName ?? "linear") == layoutName }) else { return nil }
        self = curve
    }
}
