import TarnBase
package import TarnColumns
import Glibc

/// The rows of a file with one JSON object a line, as batches: for writes of whole files, where a bad row refuses the file.
package struct NDJSONRows: AsyncSequence, Sendable {
    package typealias Element = RecordBatch

    private let source: any ByteSource
    private let name: String
    private let schema: Schema
    private static let batchRows = 8192
    private static let maximumLine = ByteCount.mebibytes(64)

    /// - Parameters:
    ///   - schema: What the rows are read as; members it does not name refuse the row.
    ///   - name: Of the file, for messages.
    package init(_ source: any ByteSource, as schema: Schema, name: String) {
        self.source = source
        self.schema = schema
        self.name = name
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(reader: LineReader(source, maximumLine: NDJSONRows.maximumLine), decoder: JSONRowDecoder(schema: schema), name: name)
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let reader: LineReader
        private let decoder: JSONRowDecoder
        private let name: String
        private var line = 0
        /// Lines of the block in hand that are still to be read.
        private var rest = Bytes()

        fileprivate init(reader: LineReader, decoder: JSONRowDecoder, name: String) {
            self.reader = reader
            self.decoder = decoder
            self.name = name
        }

        /// - Throws: ``IngestError`` `invalid` with the number of the line, `unreadable`.
        package mutating func next() async throws -> RecordBatch? {
            while decoder.rowCount < NDJSONRows.batchRows {
                if rest.isEmpty {
                    guard case .lines(let block) = try await reader.next(within: nil) else { break }
                    guard !block.isCut else { throw refused(line + 1, "longer than \(NDJSONRows.maximumLine)") }
                    rest = block.bytes
                }
                try takeLine()
            }
            return decoder.rowCount > 0 ? decoder.finish() : nil
        }

        private mutating func takeLine() throws {
            let end = rest.withUnsafeBytes { LineReader.firstLineEnd($0) } ?? rest.count
            let text = rest[0..<end]
            rest = rest[Swift.min(end + 1, rest.count)..<rest.count]
            line += 1
            do throws(Refusal) {
                try text.withUnsafeBytes { (buffer) throws(Refusal) in
                    guard UTF8Check.isValid(buffer) else { throw Refusal("not UTF-8") }
                    var cursor = JSONCursor(buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!, count: buffer.count)
                    cursor.skipBlanks()
                    if cursor.at == cursor.end { return }
                    decoder.beginRow()
                    try decoder.readRow(&cursor, except: nil)
                    cursor.skipBlanks()
                    guard cursor.at == cursor.end else { throw Refusal("not valid JSON: something follows the object") }
                    decoder.endRow()
                }
            } catch {
                throw refused(line, error.reason)
            }
        }

        private func refused(_ line: Int, _ reason: String) -> IngestError {
            IngestError(.invalid, "line \(line): \(reason); nothing was written", at: name)
        }
    }
}
