import TarnBase
import TarnCheck
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import Testing

/// One defect of a sound table, and the one invariant that it breaks.
struct Corruption: CustomTestStringConvertible, Sendable {
    let id: String
    let what: String
    var isDeep = true
    /// Breaches that cannot be told apart from this one, and come with it.
    var besides: Set<String> = []
    let apply: @Sendable (CheckedTable) async throws -> Void

    var testDescription: String { "\(id): \(what)" }

    static let all: [Corruption] = [
        .init(id: "properties.parse", what: "no properties") { try await $0.remove($0.handle.propertiesPath) },
        .init(id: "properties.parse", what: "a backup is left") { try await $0.put("a=b", at: ".hoodie/hoodie.properties.backup") },
        .init(id: "properties.version-supported", what: "no version of Hudi's") { try await $0.setProperty("hoodie.table.version", "66") },
        .init(id: "properties.complete", what: "no key generator") { try await $0.setProperty("hoodie.table.keygenerator.class", nil) },
        .init(id: "properties.complete", what: "a type that is none") { try await $0.setProperty("hoodie.table.type", "COPY_ON_WRIT") },
        .init(id: "properties.checksum", what: "of another name") { try await $0.setProperty("hoodie.table.checksum", "12345") },
        .init(id: "properties.columns-exist", what: "an ordering field that is no column") { try await $0.setProperty("hoodie.table.precombine.field", "tz") },
        .init(id: "timeline.instants-legal", what: "month 13") { try await $0.put("", at: ".hoodie/20261399000000000.commit.requested") },
        .init(id: "timeline.states-in-order", what: "no requested file") { try await $0.remove(try await $0.file(of: 1, .requested)) },
        .init(id: "timeline.one-completion-per-instant", what: "a second action") { table in
            try await table.put("", at: ".hoodie/\(try await table.instants[1].time).replacecommit.requested")
        },
        .init(id: "timeline.payload-decodes", what: "a commit cut") { table in
            let path = try await table.file(of: 1, .completed)
            let bytes = try await table.get(path)
            try await table.put(bytes[0..<(bytes.count - 9)], at: path)
        },
        .init(id: "commit.files-exist", what: "a file is gone") { try await $0.remove(try await $0.latest[0].path(in: $0.handle)) },
        .init(id: "commit.sizes", what: "another size") { try await $0.edit(2) { $0.partitions[0].stats[0].fileSize += 1 } },
        .init(id: "commit.row-counts", what: "more rows") { try await $0.edit(2) { $0.partitions[0].stats[0].writes += 1 } },
        .init(id: "commit.stats", what: "another partition path") { try await $0.edit(2) { $0.partitions[0].stats[0].partitionPath? += "/" } },
        .init(id: "commit.stats", what: "an update of a group's unknown version") { try await $0.edit(2) { $0.partitions[0].stats[0].previousInstant = "20200101000000000" } },
        .init(id: "commit.schema", what: "a schema that does not parse") { try await $0.edit(2) { $0.extraMetadata["schema"] = "{" } },
        .init(id: "orphan.no-instant", what: "a file of no instant") { table in
            let file = try await table.latest[0]
            try await table.copy(file, as: BaseFileName(file.fileID, file.name.token, InstantTime("20991231235959999")!))
        },
        .init(id: "orphan.unnamed", what: "a file that its commit does not name", isDeep: false) { table in
            let file = try await table.latest[0]
            let other = FileID("00000000-0000-4000-8000-00000000abcd-0")!
            try await table.copy(file, as: BaseFileName(other, file.name.token, file.instant))
        },
        .init(id: "slice.one-base-file-per-instant", what: "a second attempt's file", isDeep: false) { table in
            let file = try await table.latest[0]
            try await table.copy(file, as: BaseFileName(file.fileID, WriteToken(task: 9, stage: 0, attempt: 1), file.instant))
        },
        .init(id: "partition.metadata", what: "missing") { try await $0.remove($0.handle.path.appending("place=odd/.hoodie_partition_metadata")) },
        .init(id: "partition.metadata", what: "another depth") { try await $0.put("commitTime=20260110080000000\npartitionDepth=7\n", at: "place=odd/.hoodie_partition_metadata") },
        .init(id: "base.name", what: "a stranger's file") { try await $0.put("x", at: "place=odd/part-0.parquet") },
        .init(id: "base.footer-decodes", what: "the end overwritten") { table in
            let path = try await table.latest[0].path(in: table.handle)
            let bytes = try await table.get(path).array
            try await table.put(Bytes(bytes.dropLast(8) + [UInt8](repeating: 0, count: 8)), at: path)
        },
        .init(id: "base.footer-entries", what: "no Avro schema") { try await $0.rewrite(try await $0.latest[0], entry: { $0 == "parquet.avro.schema" ? nil : $1 }) },
        .init(id: "base.pages", what: "a bit of a page flipped", besides: []) { table in
            let file = try await table.latest[0]
            let chunk = try await BaseFileReader.open(file, in: table.handle).metadata.rowGroups[0].columns[7]
            var bytes = try await table.get(file.path(in: table.handle)).array
            bytes[Int(chunk.startOffset + chunk.compressedByteCount) - 1] ^= 4
            try await table.put(Bytes(bytes), at: file.path(in: table.handle))
        },
        .init(id: "base.meta-fields", what: "another file's name") {
            try await $0.rewrite(try await $0.latest[0], rows: CheckedTable.replacing("_hoodie_file_name", by: "old.parquet"))
        },
        .init(id: "base.meta-fields", what: "a commit time of no commit") {
            try await $0.rewrite(try await $0.latest[0], rows: CheckedTable.replacing("_hoodie_commit_time", by: "20200101000000000"))
        },
        .init(id: "base.bloom-covers-keys", what: "a filter of other keys") { table in
            var filter = RecordBloomFilter(entries: 10)
            filter.insert(Column(strings: ["other"]))
            let text = filter.footerText()
            try await table.rewrite(try await table.latest[0], entry: { $0 == "org.apache.hudi.bloomfilter" ? text : $1 })
        },
        .init(id: "base.key-range", what: "a greatest key too small") { try await $0.rewrite(try await $0.latest[0], entry: { $0 == "hoodie_max_record_key" ? "k101" : $1 }) },
        .init(id: "base.statistics-bound-values", what: "a maximum too small") { table in
            try await table.rewrite(try await table.latest[0], footer: { metadata in
                // The ordering column: an INT64.
                metadata.rowGroups[0].columns[7].statistics?.maximum = Bytes([UInt8](repeating: 0, count: 8))
            })
        },
        .init(id: "keys.unique", what: "a row twice") { table in
            try await table.rewrite(try await table.latest[0], rows: { batch in
                var rows = Array(0..<UInt32(batch.rowCount))
                rows[5] = rows[6]
                return batch.take(rows)
            })
        },
        .init(id: "keys.match-columns", what: "another partition value") { try await $0.rewrite(try await $0.latest[0], rows: CheckedTable.replacing("place", by: "nowhere")) },
        .init(id: "ledger.decodes", what: "no ledger") { try await $0.edit(2) { $0.extraMetadata["tarn.sources"] = "[]" } },
        .init(id: "ledger.carried-forward", what: "next falls") { try await $0.edit(2) { $0.extraMetadata["tarn.sources"] = $0.extraMetadata["tarn.sources"]?.replacing("300", with: "30") } },
        .init(id: "ledger.carried-forward", what: "the ledger is lost") { try await $0.edit(2) { $0.extraMetadata["tarn.sources"] = nil } },
        .init(id: "side-file.stale", what: "beside the properties") { try await $0.put("crc\0\0\0\u{2}\0\0\0\0\0", at: ".hoodie/.hoodie.properties.crc") },
    ]
}

@Suite struct CorruptionTests {
    @Test func `a sound table has no findings, however it is asked`() async throws {
        let table = try await CheckedTable()
        let report = await table.report()
        #expect(report.isEmpty, "\(report.findings)")
        #expect(report.version == 6 && report.checked.instants == 3 && report.checked.records == 80 && report.checked.fileGroups == 2)
        #expect(await table.report(deep: false).isEmpty)
        // Keys that do not fit in memory at once are compared in passes.
        #expect(await table.report(keyMemory: .bytes(1)).isEmpty)
    }

    @Test(arguments: Corruption.all)
    func `a defect is found under its invariant, and no other`(_ corruption: Corruption) async throws {
        let table = try await CheckedTable()
        try await corruption.apply(table)
        let report = await table.report(deep: corruption.isDeep)
        let errors = Set(report.findings.filter { $0.severity == .error }.map(\.id))
        #expect(errors == Set([corruption.id]).union(corruption.besides), "\(report.findings.map(\.description).joined(separator: "\n"))")
        #expect(report.severity == .error)
        for finding in report.findings { #expect(!finding.message.isEmpty && !finding.likelyCause.isEmpty && !finding.repair.isEmpty && !finding.path.isEmpty) }
    }

    @Test func `every invariant that a small table can break is broken by some test`() {
        let tested = Set(Corruption.all.map(\.id) + LogCorruption.all.map(\.id))
        // Told in other tests, or by other engines' tables only.
        let others: Set<String> = [
            "check.unreadable", "check.unsupported", "check.metadata-table", "timeline.names-parse", "timeline.modified-in-order", "timeline.pending", "timeline.history-disjoint",
            "rollback.complete", "clean.complete", "savepoint.files-exist", "orphan.marker", "orphan.foreign-file", "base.row-count", "change-log.blocks",
        ]
        #expect(Set(Invariant.all.map(\.id)).subtracting(tested) == others)
    }

    @Test func `what is left behind and read by nobody is a warning`() async throws {
        let table = try await CheckedTable()
        let time = try await table.instants[1].time
        try await table.put("", at: ".hoodie/20991231235959999.commit.requested")
        try await table.put("{", at: ".hoodie/20260110080000.commit.tmp")
        try await table.put("", at: ".hoodie/.temp/\(time)/place=odd/x.parquet.marker.CREATE")
        try await table.put("", at: "place=odd/notes.txt")
        let report = await table.report()
        #expect(report.severity == .warning)
        #expect(Set(report.findings.map(\.id)) == ["timeline.pending", "timeline.names-parse", "orphan.marker", "orphan.foreign-file"])
    }

    @Test func `what cannot be read is a finding with its path, never a pass`() async throws {
        let table = try await CheckedTable()
        let broken = try await table.latest[0]
        let path = broken.path(in: table.handle)
        let refusing = InterceptedStore(table.store) { call in
            if case .get(path, _) = call { throw StorageError(.permissionDenied, "no permission", at: path) }
            return nil
        }
        let report = await table.report(in: refusing)
        #expect(report.severity == .unchecked)
        #expect(report.findings.allSatisfy { $0.id == "check.unreadable" && $0.path == broken.relativePath } && !report.isEmpty)

        let nowhere = await TableCheck("nowhere", in: table.store).report()
        #expect(nowhere.severity == .unchecked && nowhere.findings.map(\.id) == ["check.unreadable"] && nowhere.version == nil)
        #expect(await TableCheck("a//b", in: table.store).report().severity == .unchecked)
    }

    @Test func `a write or rollback cut short at any request leaves warnings, and the next write nothing`() async throws {
        let whole = try await CheckedTable()
        let requests = try await countingRequests(of: whole.store) { try await whole.write(10..<70, commit: 3, through: $0) }
        for request in 0..<requests {
            let table = try await CheckedTable()
            try? await table.write(10..<70, commit: 3, through: FaultyStore(table.store, failing: .outage, atRequest: request))
            let report = await table.report()
            #expect(report.severity ?? .warning == .warning, "request \(request): \(report.findings)")
            // The rollback of what is left, cut short in its turn.
            try? await table.write(10..<70, commit: 3, through: FaultyStore(table.store, failing: .outage, atRequest: request % 17))
            let again = await table.report()
            #expect(again.severity ?? .warning == .warning, "request \(request), then \(request % 17): \(again.findings)")
            try await table.write(10..<70, commit: 3)
            let repaired = await table.report()
            #expect(repaired.isEmpty, "request \(request): \(repaired.findings)")
        }
    }

    @Test func `tables of kinds that are not judged are unsupported, not sound`() async throws {
        let newer = try await CheckedTable()
        try await newer.setProperty("hoodie.table.version", "9")
        #expect(await newer.report().severity == .unchecked)
        let log = try await CheckedTable()
        let file = try await log.latest[0]
        try await log.put("", at: "\(file.partition)/.\(file.fileID)_\(file.instant).log.1_0-0-0")
        let report = await log.report()
        #expect(report.severity == .unchecked && report.findings.map(\.id) == ["check.unsupported"])
    }

    @Test func `findings stream in the order of the report, and invariants can be chosen`() async throws {
        let table = try await CheckedTable()
        try await table.setProperty("hoodie.table.checksum", "1")
        try await table.put("", at: ".hoodie/20991231235959999.commit.requested")
        var streamed: [String] = []
        for await finding in TableCheck("t", in: table.store).findings() { streamed.append(finding.id) }
        #expect(streamed == ["properties.checksum", "timeline.pending"])
        #expect(await table.report(only: ["timeline.pending"]).findings.map(\.id) == ["timeline.pending"])
        #expect(await table.report(deep: false, only: ["keys.unique"]).isEmpty)
    }

    @Test func `duplicates are found across files and passes`() async throws {
        let table = try await CheckedTable()
        let files = try await table.latest
        let row = try await firstRow(files[1], table)
        try await table.rewrite(files[0], rows: { batch in
            let rest = batch.slice(1..<batch.rowCount)
            return RecordBatch(schema: batch.schema, rows: [row] + (0..<rest.rowCount).map { rest.row(at: $0) })
        })
        for memory in [ByteCount.bytes(1), .mebibytes(1)] {
            let report = await table.report(only: ["keys.unique"], keyMemory: memory)
            #expect(report.findings.count == 1 && report.findings[0].severity == .error)
            #expect(report.findings[0].message.contains("'k101'"), "\(report.findings)")
        }
    }

    private func firstRow(_ file: BaseFile, _ table: CheckedTable) async throws -> [Cell] {
        for try await chunk in try await BaseFileReader.open(file, in: table.handle).rows() { return chunk.batch.row(at: 0) }
        return []
    }
}
