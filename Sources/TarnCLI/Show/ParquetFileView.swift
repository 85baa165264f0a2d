import TarnBase
import TarnColumns
import TarnParquet
import TarnTable

/// A single Parquet file: its schema, and for each column chunk how it is stored, how large it is, and what is known about its
/// values and pages.
struct ParquetFileView: TableView {
    let file: ParquetFile
    let reader: BaseFileReader

    private var metadata: FileMetadata { reader.metadata }

    // MARK: Text

    func text() async throws -> String {
        let groups = metadata.rowGroups
        var text = "\(file.text): \(ByteCount(reader.size)), \(counted(groups.count, "row group")), \(counted(Int(metadata.rowCount), "row")), "
        text += "\(counted(metadata.tree.leaves.count, "column")), version \(metadata.version)\n"
        text += "written by: \(metadata.createdBy ?? "-")\n"
        for entry in metadata.keyValueMetadata { text += "\(entry.key): \(shortened(entry.value ?? "-"))\n" }
        text += "\n" + AlignedText.table([["column", "type", "stored as", "order of bounds"]] + metadata.tree.leaves.map { leafRow($0) })
        for refusal in metadata.tree.refusals { text += "not read: \(refusal.message), column \(refusal.column ?? "-")\n" }
        for index in groups.indices { text += "\n" + (try await groupText(index)) }
        return text
    }

    private func leafRow(_ leaf: LeafColumn) -> [String] {
        let order =
            switch metadata.order(of: leaf) {
            case .byType where leaf.isOrdered: "by type"
            case .other(let id): "unknown (\(id))"
            default: "-"
            }
        let repeats = leaf.maximumRepetitionLevel > 0 ? ", repeated" : ""
        let stored = leaf.typeLength > 0 ? "\(leaf.physicalType)(\(leaf.typeLength))" : "\(leaf.physicalType)"
        let type = metadata.tree.refusal(ofLeaf: leaf.index) == nil ? "\(leaf.type)" : "-"
        return [leaf.name, type, stored + (leaf.maximumDefinitionLevel > 0 ? ", optional" : "") + repeats, order]
    }

    private func groupText(_ index: Int) async throws -> String {
        let group = metadata.rowGroups[index]
        let pages = try await reader.pageIndexes(rowGroup: index)
        var text = "row group \(index): \(counted(Int(group.rowCount), "row")), \(ByteCount(storedByteCount(group))) of \(ByteCount(uncompressedByteCount(group)))"
        if !group.sortingColumns.isEmpty { text += ", sorted by " + group.sortingColumns.map { sortingText($0) }.joined(separator: ", ") }
        let header = ["column", "bytes", "uncompressed", "codec", "encodings", "values", "nulls", "min", "max", "pages", "page index", "bloom filter"]
        let rows = zip(metadata.tree.leaves, group.columns).map { leaf, chunk -> [String] in
            let statistics = chunk.statistics
            let indexes = pages[leaf.index]
            return [
                leaf.name, "\(chunk.compressedByteCount)", "\(chunk.uncompressedByteCount)", chunk.isEncrypted ? "encrypted" : "\(chunk.codec)",
                chunk.encodings.map { "\($0)" }.joined(separator: " "), "\(chunk.valueCount)", statistics?.nullCount.map { "\($0)" } ?? "-",
                bound(statistics?.minimum ?? statistics?.legacyMinimum, leaf, statistics?.isMinimumExact),
                bound(statistics?.maximum ?? statistics?.legacyMaximum, leaf, statistics?.isMaximumExact),
                indexes.offsets.map { "\($0.pages.count)" } ?? pageCount(chunk).map { "\($0)" } ?? "-",
                indexes.columns != nil ? "bounds" : indexes.offsets != nil ? "offsets" : "-",
                chunk.bloomFilterOffset != nil ? chunk.bloomFilterByteCount.map { "\($0)" } ?? "yes" : "-",
            ]
        }
        return text + "\n" + AlignedText.table([header] + rows)
    }

    private func sortingText(_ column: SortingColumn) -> String {
        let leaves = metadata.tree.leaves
        let name = leaves.indices.contains(Int(column.leaf)) ? leaves[Int(column.leaf)].name : "column \(column.leaf)"
        return "\(name)\(column.isDescending ? " descending" : "")\(column.isNullsFirst ? " nulls first" : "")"
    }

    /// At most 24 characters, `…` where it goes on; `~` behind one that need not occur.
    private func bound(_ bytes: Bytes?, _ leaf: LeafColumn, _ isExact: Bool?) -> String {
        guard let bytes else { return "-" }
        guard let value = value(bytes, leaf) else { return "?" }
        let text = value.stringValue ?? "\(value)"
        return (text.count > 24 ? text.prefix(23) + "…" : text) + (isExact == false ? "~" : "")
    }

    private func shortened(_ text: String) -> String { text.count > 100 ? "\(text.prefix(99))… (\(text.utf8.count) bytes)" : text }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    // MARK: JSON

    func json() async throws -> JSON {
        var groups: [JSON] = []
        for index in metadata.rowGroups.indices { groups.append(try await groupJSON(index)) }
        return [
            "file": .string(file.text), "bytes": .int(reader.size), "rows": .int(metadata.rowCount), "version": .int(Int64(metadata.version)),
            "created_by": string(metadata.createdBy),
            "refused": .array(metadata.tree.refusals.map { ["column": string($0.column), "message": .string($0.message)] }),
            "key_values": .array(metadata.keyValueMetadata.map { ["key": .string($0.key), "value": string($0.value)] }),
            "columns": .array(metadata.tree.leaves.map { leafJSON($0) }), "row_groups": .array(groups),
        ]
    }

    private func leafJSON(_ leaf: LeafColumn) -> JSON {
        [
            "name": .string(leaf.name), "type": metadata.tree.refusal(ofLeaf: leaf.index) == nil ? .string("\(leaf.type)") : .null,
            "refused": string(metadata.tree.refusal(ofLeaf: leaf.index)?.message), "physical_type": .string("\(leaf.physicalType)"),
            "type_length": leaf.typeLength > 0 ? .int(leaf.typeLength) : .null, "max_definition_level": .int(leaf.maximumDefinitionLevel),
            "max_repetition_level": .int(leaf.maximumRepetitionLevel), "ordered_by_type": .bool(metadata.order(of: leaf) == .byType && leaf.isOrdered),
        ]
    }

    private func groupJSON(_ index: Int) async throws -> JSON {
        let group = metadata.rowGroups[index]
        let pages = try await reader.pageIndexes(rowGroup: index)
        let sorting = group.sortingColumns.map { column -> JSON in
            ["leaf": .int(Int64(column.leaf)), "descending": .bool(column.isDescending), "nulls_first": .bool(column.isNullsFirst)]
        }
        return [
            "rows": .int(group.rowCount), "bytes": .int(storedByteCount(group)), "uncompressed_bytes": .int(uncompressedByteCount(group)), "sorting": .array(sorting),
            "columns": .array(zip(metadata.tree.leaves, group.columns).map { leaf, chunk in chunkJSON(leaf, chunk, pages[leaf.index], group) }),
        ]
    }

    private func chunkJSON(_ leaf: LeafColumn, _ chunk: ColumnChunk, _ pages: BaseFileReader.PageIndexes, _ group: RowGroup) -> JSON {
        let statistics = chunk.statistics
        return [
            "name": .string(leaf.name), "codec": .string("\(chunk.codec)"), "encodings": .array(chunk.encodings.map { .string("\($0)") }),
            "encrypted": .bool(chunk.isEncrypted), "offset": .int(chunk.startOffset), "bytes": .int(chunk.compressedByteCount),
            "uncompressed_bytes": .int(chunk.uncompressedByteCount), "values": .int(chunk.valueCount),
            "statistics": statistics.map { statistics in
                [
                    "nulls": number(statistics.nullCount), "distinct": number(statistics.distinctCount),
                    "min": (statistics.minimum ?? statistics.legacyMinimum).flatMap { value($0, leaf) } ?? .null,
                    "max": (statistics.maximum ?? statistics.legacyMaximum).flatMap { value($0, leaf) } ?? .null,
                    "min_exact": statistics.isMinimumExact.map { .bool($0) } ?? .null, "max_exact": statistics.isMaximumExact.map { .bool($0) } ?? .null,
                ]
            } ?? .null,
            "pages": pagesJSON(leaf, chunk, pages, group),
            "bloom_filter": chunk.bloomFilterOffset.map { ["offset": .int($0), "bytes": number(chunk.bloomFilterByteCount.map { Int64($0) })] } ?? .null,
        ]
    }

    /// One entry a page; null without an offset index.
    private func pagesJSON(_ leaf: LeafColumn, _ chunk: ColumnChunk, _ indexes: BaseFileReader.PageIndexes, _ group: RowGroup) -> JSON {
        guard let offsets = indexes.offsets else { return .null }
        return .array(
            offsets.pages.enumerated().map { number, page in
                var members: [JSON.Member] = [
                    .init("offset", .int(page.offset)), .init("bytes", .int(Int64(page.byteCount))), .init("first_row", .int(page.firstRow)),
                ]
                if let columns = indexes.columns, columns.pageCount == offsets.pages.count {
                    members += [
                        .init("nulls", columns.nullCounts.isEmpty ? .null : .int(columns.nullCounts[number])),
                        .init("min", columns.isNullPage[number] ? .null : value(columns.minima[number], leaf) ?? .null),
                        .init("max", columns.isNullPage[number] ? .null : value(columns.maxima[number], leaf) ?? .null),
                    ]
                }
                return .object(members)
            })
    }

    // MARK: Parts

    /// A bound as `tarn query` prints values; nil for bytes that are none.
    private func value(_ bytes: Bytes, _ leaf: LeafColumn) -> JSON? {
        guard let cell = leaf.value(plain: bytes) else { return nil }
        let schema = Schema([Field("value", leaf.type)])
        let batch = RecordBatch(schema: schema, columns: [Column(leaf.type, cells: [cell])], rowCount: 1)
        let writer = NDJSONWriter(schema: schema)
        let line = writer.append(batch)
        return line.utf8Text.flatMap { try? JSON(parsing: $0) }?["value"]
    }

    private func pageCount(_ chunk: ColumnChunk) -> Int32? {
        let pages = chunk.dataPageStatistics
        return pages.isEmpty ? nil : pages.reduce(0) { $0 &+ $1.pageCount }
    }

    private func storedByteCount(_ group: RowGroup) -> Int64 { group.columns.reduce(0) { $0 &+ $1.compressedByteCount } }
    private func uncompressedByteCount(_ group: RowGroup) -> Int64 { group.columns.reduce(0) { $0 &+ $1.uncompressedByteCount } }

    private func string(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    private func number(_ value: Int64?) -> JSON { value.map { .int($0) } ?? .null }
}
