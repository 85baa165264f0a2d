public import TarnBase
import TarnHTTP
public import TarnStorage

extension S3Store {
    /// Ranges less than 128 KiB apart are fetched by one request, as far as that stays within 8 MiB; at most eight requests
    /// are under way.
    public func get(_ path: ObjectPath, ranges: [Range<Int64>]?) async throws -> [Bytes] {
        guard let ranges else {
            var request = S3Request("GET", key(path))
            request.bodyLimit = Self.wholeObjectLimit
            return [try await client.send(request, at: path).body]
        }
        if ranges.isEmpty { return [] }
        if let bad = ranges.first(where: { $0.lowerBound < 0 }) { throw Self.outside(bad, path) }
        let spans = RangeCoalescing.spans(covering: ranges, gapBytes: 128 << 10, spanBytes: Int64(Self.partBytes))
        guard !spans.isEmpty else {
            let size = try await info(path).size
            if let bad = ranges.first(where: { $0.upperBound > size }) { throw Self.outside(bad, path) }
            return ranges.map { _ in Bytes() }
        }
        let chunks = try await fetch(spans, of: path)
        let size = chunks[0].objectSize
        return try ranges.map { range in
            guard range.upperBound <= size else { throw Self.outside(range, path) }
            guard !range.isEmpty else { return Bytes() }
            guard let index = spans.firstIndex(where: { $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound }),
                chunks[index].bytes.count >= range.upperBound - spans[index].lowerBound
            else { throw Self.outside(range, path) }
            let start = Int(range.lowerBound - spans[index].lowerBound)
            return chunks[index].bytes[start..<start + range.count]
        }
    }

    private struct Chunk: Sendable {
        let bytes: Bytes
        let objectSize: Int64
    }

    private func fetch(_ spans: [Range<Int64>], of path: ObjectPath) async throws -> [Chunk] {
        if spans.count == 1 { return [try await fetch(spans[0], of: path)] }
        return try await withThrowingTaskGroup(of: (Int, Chunk).self) { group in
            var chunks = [Chunk?](repeating: nil, count: spans.count)
            for index in spans.indices {
                if index >= 8, let (done, chunk) = try await group.next() { chunks[done] = chunk }
                group.addTask { (index, try await self.fetch(spans[index], of: path)) }
            }
            for try await (done, chunk) in group { chunks[done] = chunk }
            return chunks.compactMap(\.self)
        }
    }

    private func fetch(_ span: Range<Int64>, of path: ObjectPath) async throws -> Chunk {
        var request = S3Request("GET", key(path))
        request.headers = [("range", "bytes=\(span.lowerBound)-\(span.upperBound - 1)")]
        request.bodyLimit = span.count
        let response = try await client.send(request, at: path) { response in
            guard response.status == 206 else { return true }
            let size = Self.objectSize(response)
            return Int64(response.body.count) == min(span.upperBound, size ?? 0) - span.lowerBound
        }
        guard response.status == 206 else {
            // A server without ranges sent the whole; it was short enough.
            let whole = response.body
            guard span.lowerBound < whole.count else { throw Self.outside(span, path) }
            return Chunk(
                bytes: whole[Int(span.lowerBound)..<min(Int(span.upperBound), whole.count)], objectSize: Int64(whole.count))
        }
        return Chunk(bytes: response.body, objectSize: Self.objectSize(response) ?? 0)
    }

    /// The number behind the slash of `bytes 0-9/1234`.
    private static func objectSize(_ response: HTTPResponse) -> Int64? {
        response.header("content-range")?.split(separator: "/").last.flatMap { Int64($0) }
    }

    private static func outside(_ range: Range<Int64>, _ path: ObjectPath) -> StorageError {
        StorageError(.invalidRange, "bytes \(range.lowerBound)..<\(range.upperBound) lie outside the object", at: path)
    }

    public func info(_ path: ObjectPath) async throws -> ObjectInfo {
        let response = try await client.send(S3Request("HEAD", key(path)), at: path)
        guard let size = response.header("content-length").flatMap({ Int64($0) }) else {
            throw StorageError(.unsupported, "the store does not tell an object's size", at: path)
        }
        let modified = response.header("last-modified").flatMap { HTTPDate.parseHeader($0) } ?? 0
        return ObjectInfo(
            path: path, size: size, modifiedMilliseconds: modified, version: try client.entityTag(of: response, at: path))
    }
}
