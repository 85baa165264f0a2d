import TarnAvro
import TarnBase
import TarnTable

/// What timeline files must hold (hudi-format §2.3).
enum PayloadInvariants {
    /// What a file says, as far as others need it.
    enum Content {
        case nothing
        case commit(CommitMetadata, JSON)
        case rollbackPlan(RollbackPlan)
        case rollback(RollbackMetadata)
        /// What a compaction or clustering is to take in.
        case plan([PlannedSlice])
        case cleanPlan(CleanPlan)
        case clean(CleanMetadata)
        /// Files by partition, as a savepoint keeps them.
        case savepoint([(partition: String, files: [String])])
    }

    private enum Form { case empty, json, avro(String?) }

    private static func forms(_ name: InstantFileName) -> [Form] {
        switch (name.action, name.state) {
        case (.commit, .completed), (.deltaCommit, .completed), (.replaceCommit, .completed): [.json]
        // Must be empty, which the states' invariant says; a downgraded table has JSON.
        case (.commit, .requested), (.deltaCommit, .requested): [.empty, .json]
        case (.commit, .inflight), (.deltaCommit, .inflight), (.replaceCommit, .inflight): [.empty, .json]
        case (.replaceCommit, .requested): [.empty, .avro("HoodieRequestedReplaceMetadata")]
        case (.compaction, .requested), (.logCompaction, .requested): [.avro("HoodieCompactionPlan")]
        case (.clean, .requested): [.avro("HoodieCleanerPlan")]
        case (.clean, .inflight): [.empty, .avro("HoodieCleanerPlan")]
        case (.clean, .completed): [.avro("HoodieCleanMetadata")]
        case (.rollback, .requested): [.avro("HoodieRollbackPlan")]
        case (.rollback, .completed): [.avro("HoodieRollbackMetadata")]
        case (.savepoint, .completed): [.avro("HoodieSavepointMetadata")]
        case (.restore, .requested): [.avro("HoodieRestorePlan")]
        case (.restore, .completed): [.avro("HoodieRestoreMetadata")]
        case (.indexing, .requested), (.indexing, .completed): [.avro(nil)]
        case (.indexing, .inflight): [.empty, .avro(nil)]
        case (.schemaCommit, _): [.empty, .json, .avro(nil)]
        default: [.empty]
        }
    }

    /// Whether the content of the file tells anything: the others are judged by their size alone.
    static func hasContent(_ name: InstantFileName) -> Bool {
        forms(name).contains { if case .empty = $0 { false } else { true } }
    }

    static func check(_ name: InstantFileName, _ bytes: Bytes) -> (content: Content, findings: [Finding]) {
        let path = TableFacts.metaPath(name.text)
        func finding(_ message: String) -> Finding { Finding(.payloadDecodes, at: path, instant: name.time, message) }
        let forms = forms(name)
        guard !bytes.isEmpty else {
            let mayBeEmpty = forms.contains { if case .empty = $0 { true } else { false } }
            if mayBeEmpty { return (.nothing, []) }
            return (.nothing, [finding(name.state == .completed ? "completed, and empty: what it did is not known" : "empty, where a plan is expected")])
        }
        do {
            for form in forms {
                switch form {
                case .empty: continue
                case .json:
                    let json = try JSON(parsing: bytes)
                    return (.commit(try CommitMetadata(json), json), [])
                case .avro(let record):
                    let container = try AvroContainer(parsing: bytes)
                    let problems = AvroRecordShape.problems(of: container, expected: record)
                    return (try content(name, bytes, container), problems.map(finding))
                }
            }
        } catch {
            return (.nothing, [finding("does not decode: \(TableError(error).message)")])
        }
        return (.nothing, [])
    }

    private static func content(_ name: InstantFileName, _ bytes: Bytes, _ container: AvroContainer) throws -> Content {
        switch (name.action, name.state) {
        case (.rollback, .requested): return .rollbackPlan(try RollbackPlan(parsing: bytes))
        case (.rollback, .completed): return .rollback(try RollbackMetadata(parsing: bytes))
        case (.compaction, .requested), (.logCompaction, .requested), (.replaceCommit, .requested):
            return .plan(container.records.first.map { PlanInvariants.slices($0, of: name) } ?? [])
        case (.clean, .requested): return .cleanPlan(try CleanPlan(parsing: bytes))
        case (.clean, .completed): return .clean(try CleanMetadata(parsing: bytes))
        case (.savepoint, .completed):
            let partitions = container.records.first?["partitionMetadata"]?.mapValue ?? []
            return .savepoint(partitions.map { ($0.name, $0.value["savepointDataFile"]?.arrayValue?.compactMap(\.stringValue) ?? []) })
        default: return .nothing
        }
    }
}
