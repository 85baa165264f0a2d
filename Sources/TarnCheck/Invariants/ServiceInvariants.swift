import TarnTable

/// What must hold of rollbacks, cleans and savepoints (hudi-format §9.3 to §9.5).
enum ServiceInvariants {
    static func check(_ plan: RollbackPlan, of name: InstantFileName) -> [Finding] {
        guard let target = InstantTime(plan.instant), target >= name.time else { return [] }
        return [Finding(.statesInOrder, at: TableFacts.metaPath(name.text), instant: name.time, "a rollback of \(target), which is not older than the rollback")]
    }

    static func check(_ rollback: RollbackMetadata, of name: InstantFileName, _ facts: TableFacts) -> [Finding] {
        let path = TableFacts.metaPath(name.text)
        let targets = rollback.instants.compactMap { InstantTime($0.time) }
        var findings: [Finding] = []
        for target in targets {
            // A compaction or clustering that was rolled back is done again under its own time. Files of its earlier states stay
            // where a rollback is cut short after its own completion: pending, and told as such.
            let again = facts.timeline.instants.first {
                $0.time == target && $0.isCompleted && ![.savepoint, .compaction, .logCompaction, .replaceCommit].contains($0.action)
            }
            if let again { findings.append(Finding(.rollbackComplete, at: path, instant: name.time, "rolled back \(target), but \(again.fileName.text) is there")) }
        }
        guard !targets.contains(where: facts.completedWrites.contains) else { return findings }
        for partition in rollback.partitions {
            for deleted in partition.deletedFiles.map({ inPartition($0, partition.partitionPath) }) where facts.sizes[deleted] != nil {
                findings.append(Finding(.rollbackComplete, at: deleted, instant: name.time, "\(path) says that it deleted the file, and it is there"))
            }
        }
        return findings
    }

    static func check(_ clean: CleanMetadata, of name: InstantFileName, _ facts: TableFacts) -> [Finding] {
        clean.partitions.flatMap { partition in
            partition.deletedFiles.map { inPartition($0, partition.partitionPath) }.filter { facts.sizes[$0] != nil }.map {
                Finding(.cleanComplete, at: $0, instant: name.time, "\(TableFacts.metaPath(name.text)) says that it deleted the file, and it is there")
            }
        }
    }

    static func check(savepoint partitions: [(partition: String, files: [String])], of name: InstantFileName, _ facts: TableFacts) -> [Finding] {
        partitions.flatMap { partition, files in
            files.map { inPartition($0, partition) }.filter { facts.sizes[$0] == nil }.map {
                Finding(.savepointFiles, at: $0, instant: name.time, "the file of savepoint \(name.time) is missing")
            }
        }
    }

    private static func inPartition(_ file: String, _ partition: String) -> String {
        let name = TableFacts.lastName(file)
        return partition.isEmpty ? name : "\(partition)/\(name)"
    }
}
