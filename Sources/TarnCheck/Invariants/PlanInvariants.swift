import TarnAvro
import TarnTable

/// A slice that a compaction or a clustering is going to take in, or took in, as its plan has it.
struct PlannedSlice {
    let partition: String
    let fileID: String
    /// Bare names, however the plan spells them.
    let baseFile: String?
    let logFiles: [String]
    /// The base instant of the slice; of a clustering that of its base file.
    let baseInstant: InstantTime?
    /// Whether Spark could carry the plan out.
    let isComplete: Bool
}

/// What must hold of the plans of compactions and clusterings (hudi-format §9.1, §9.2).
enum PlanInvariants {
    static func slices(_ record: AvroValue, of name: InstantFileName) -> [PlannedSlice] {
        if name.action == .replaceCommit {
            let groups = record["clusteringPlan"]?["inputGroups"]?.arrayValue ?? []
            return groups.flatMap { $0["slices"]?.arrayValue ?? [] }.map { slice($0, baseInstant: nil, isComplete: true) }
        }
        return (record["operations"]?.arrayValue ?? []).map { operation in
            slice(operation, baseInstant: operation["baseInstantTime"]?.stringValue, isComplete: operation["metrics"]?["TOTAL_LOG_FILES_SIZE"] != nil)
        }
    }

    private static func slice(_ value: AvroValue, baseInstant: String?, isComplete: Bool) -> PlannedSlice {
        let base = value["dataFilePath"]?.stringValue.map(TableFacts.lastName).flatMap { $0.isEmpty ? nil : $0 }
        return PlannedSlice(
            partition: value["partitionPath"]?.stringValue ?? "", fileID: value["fileId"]?.stringValue ?? "", baseFile: base,
            logFiles: (value["deltaFilePaths"]?.arrayValue ?? []).compactMap { $0.stringValue.map(TableFacts.lastName) },
            baseInstant: baseInstant.flatMap { InstantTime($0) } ?? base.flatMap { BaseFileName($0)?.instant }, isComplete: isComplete)
    }

    /// A plan that is still to be carried out: its files are there.
    static func files(_ plan: TableFacts.Plan, _ facts: TableFacts) -> [Finding] {
        guard facts.isPending(plan.name) else { return [] }
        return plan.slices.flatMap { slice -> [Finding] in
            var findings: [Finding] = []
            if !slice.isComplete {
                findings.append(Finding(.planFiles, at: path(plan), instant: plan.name.time, "the operation on \(slice.fileID) lacks TOTAL_LOG_FILES_SIZE: Spark fails to run it"))
            }
            if slice.fileID.isEmpty || slice.baseInstant == nil { findings.append(Finding(.planFiles, at: path(plan), instant: plan.name.time, "the plan has a slice without file ID or base instant")) }
            for name in [slice.baseFile].compactMap({ $0 }) + slice.logFiles {
                let file = slice.partition.isEmpty ? name : "\(slice.partition)/\(name)"
                if facts.sizes[file] == nil { findings.append(Finding(.planFiles, at: file, instant: plan.name.time, "the file is missing; the pending \(path(plan)) needs it")) }
            }
            return findings
        }
    }

    /// A compaction or clustering takes in every log of its slices that holds committed blocks: readers leave the others with
    /// the old slice.
    ///
    /// - Parameter logs: Paths of logs with such blocks.
    static func coverage(_ plan: TableFacts.Plan, logs: Set<String>, _ facts: TableFacts) -> [Finding] {
        guard plan.name.action != .logCompaction else { return [] }
        return plan.slices.flatMap { slice -> [Finding] in
            guard let group = FileGroupID(partition: slice.partition, fileID: slice.fileID), let instant = slice.baseInstant else { return [] }
            let planned = Set(slice.logFiles)
            return (facts.logsByGroup[GroupVersion(group: group, instant: instant)] ?? [])
                .filter { !planned.contains($0.name.text) && logs.contains($0.relativePath) }
                .map { Finding(.planCovers, at: $0.relativePath, instant: plan.name.time, "\(path(plan)) takes its slice in, and does not name this log: its rows are lost") }
        }
    }

    private static func path(_ plan: TableFacts.Plan) -> String { TableFacts.metaPath(plan.name.text) }
}
