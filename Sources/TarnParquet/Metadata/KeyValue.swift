/// An entry of the footer that the format gives no meaning to.
package struct KeyValue: Hashable, Sendable {
    package var key: String
    package var value: String?

    package init(_ key: String, _ value: String?) {
        self.key = key
        self.value = value
    }

    static func readList(
        _ reader: inout CompactReader, _ header: CompactReader.FieldHeader
    ) throws(ParquetError) -> [KeyValue] {
        try reader.readList(header, of: .structure) { (reader) throws(ParquetError) in
            var entry = KeyValue("", nil)
            var last = try reader.enterStruct()
            while let header = try reader.nextField(&last) {
                switch header.id {
                case 1: entry.key = try reader.readString(header)
                case 2: entry.value = try reader.readString(header)
                default: try reader.skip(header)
                }
            }
            return entry
        }
    }

    package func write(to writer: inout CompactWriter) {
        writer.write(1, key)
        writer.write(2, value)
    }
}
