import TarnBase
import TarnColumns
import TarnParquet
import TarnStorage
import TarnTable
import TarnTestSupport
import TarnWrite
import Testing

/// Which files a write looks into for its keys, and that it looks into all that hold one.
@Suite struct KeyLookUpTests {
    private func table(_ store: any ObjectStore, _ runtime: Runtime) async throws -> ExampleTable {
        let table = ExampleTable(store, runtime: runtime)
        try await table.create()
        return table
    }

    private func withTable(_ body: (ExampleTable) async throws -> Void) async throws {
        let runtime = Runtime.simulated(clock: SimulatedClock(), seed: 1)
        try await body(try await table(MemoryStore(runtime: runtime), runtime))
    }

    @Test func `a file whose range or filter has none of the keys is read by one request, its footer's`() async throws {
        try await withTable { table in
            for place in 0..<4 { try await table.write((0..<20).map { Change(id: "\(place)-\(10 + $0)", place: "p\(place)", ts: 1) }) }
            let recording = RecordingStore(table.handle.store)
            // One key that only the filters of all files rule out, and one of the third file.
            let report = try await table.through(recording).write([Change(id: "1-155", ts: 2), Change(id: "2-15", place: "p2", ts: 2)])
            #expect(report.inserted == 1 && report.updated == 1)
            #expect(report.lookupRequests.get == 4)
            #expect(report.lookupRequests.list == 1 && report.lookupRequests.total == 5)
        }
    }

    /// Footers as other writers leave them, or as nobody should.
    enum OtherFooter: String, CaseIterable {
        case noFilter, noRange, nothing, simpleFilter, unknownFilter, otherHash, noBase64, rangeReversed, legacyName, rangeByUTF16

        func change(_ footer: inout FileMetadata, keys: [String]) throws {
            func set(_ key: String, _ value: String?) {
                footer.keyValueMetadata.removeAll { $0.key == key }
                if let value { footer.keyValueMetadata.append(KeyValue(key, value)) }
            }
            let filter = footer.keyValue(BaseFileFooter.bloomFilter)
            switch self {
            case .noFilter: set(BaseFileFooter.bloomFilter, nil)
            case .noRange: set(BaseFileFooter.minRecordKey, nil)
            case .nothing: footer.keyValueMetadata = []
            case .simpleFilter:
                var simple = RecordBloomFilter(entries: keys.count, errorRate: 0.01, kind: .simple)
                for key in keys { Bytes(key).withUnsafeBytes { simple.insert($0) } }
                set(BaseFileFooter.bloomFilter, simple.footerText())
                set(BaseFileFooter.bloomFilterType, nil)
            case .unknownFilter: set(BaseFileFooter.bloomFilterType, "DYNAMIC_V9")
            case .otherHash:
                var bytes = Base64.decode(filter ?? "")?.array ?? []
                bytes[8] = 0
                set(BaseFileFooter.bloomFilter, Base64.encode(Bytes(bytes)))
            case .noBase64: set(BaseFileFooter.bloomFilter, "no filter")
            case .rangeReversed:
                let (least, greatest) = (footer.keyValue(BaseFileFooter.minRecordKey), footer.keyValue(BaseFileFooter.maxRecordKey))
                set(BaseFileFooter.minRecordKey, greatest)
                set(BaseFileFooter.maxRecordKey, least)
            case .legacyName:
                set(BaseFileFooter.bloomFilter, nil)
                set(BaseFileFooter.legacyBloomFilter, filter)
            case .rangeByUTF16:
                let sorted = keys.sorted { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) }
                set(BaseFileFooter.minRecordKey, sorted.first)
                set(BaseFileFooter.maxRecordKey, sorted.last)
            }
        }
    }

    @Test(arguments: OtherFooter.allCases)
    func `no footer hides a key that is stored`(_ footer: OtherFooter) async throws {
        try await withTable { table in
            var model = TableModel()
            // By bytes ｚ comes before 𝔸, by UTF-16 units behind it.
            let keys = ["a", "k1", "k2", "é", "日本", "ｚ1", "𝔸", "ｚ", "\u{E000}", "\u{10FFFF}"]
            for (number, key) in keys.enumerated() {
                let change = Change(id: key, place: "p\(number % 2)", ts: 1, n: 1)
                model.write([change])
                try await table.write([change])
            }
            for key in keys {
                for file in try await table.latestFiles() {
                    let ids = model.rows.values.filter { "place=\($0.place)" == file.partition.text }.map(\.id)
                    try await replaceFooter(of: file, in: table) { try footer.change(&$0, keys: ids) }
                }
                let change = Change(id: key, place: "p1", ts: 2, n: 2)
                model.write([change])
                let report = try await table.write([change])
                #expect(report.updated == 1 && report.inserted == 0, "\(key)")
            }
            #expect(try await model.differs(from: table.rows()) == nil)
        }
    }

    private func replaceFooter(of file: BaseFile, in table: ExampleTable, _ change: (inout FileMetadata) throws -> Void) async throws {
        let path = file.path(in: table.handle)
        let bytes = try await table.handle.store.get(path, upTo: .mebibytes(64))
        var decoder = FooterDecoder(fileSize: Int64(bytes.count))
        while true {
            switch try decoder.next() {
            case .needs(let ranges): try decoder.supply(ranges.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] })
            case .done(var metadata):
                try change(&metadata)
                var content = ByteBuilder()
                content.append(bytes[0..<(bytes.count - 8 - decoder.footerByteCount)])
                let footer = metadata.encoded()
                content.append(footer)
                content.append(littleEndian: UInt32(footer.count))
                content.append(Bytes("PAR1"))
                try await table.handle.store.put(content.finish(), at: path, condition: .always)
                return
            }
        }
    }
}
