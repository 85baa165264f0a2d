import Glibc
import TarnBase
import TarnStorage
import TarnTestSupport
import Testing

@Suite struct ScratchSpaceTests {
    @Test func `what was appended is read back, at any size and order, and leaves no trace`() throws {
        let folder = try TemporaryFolder()
        let space = ScratchSpace(folder: folder.path)
        try withSeed { random, seed in
            let file = try space.makeFile(bufferBytes: 1_000)
            var content: [UInt8] = []
            for _ in 0..<300 {
                let piece = (0..<Int.random(in: 0...2_500, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                #expect(try file.append(Bytes(piece)) == Int64(content.count), "TARN_SEED=\(seed)")
                content += piece
                #expect(file.size == content.count, "TARN_SEED=\(seed)")
                let start = Int.random(in: 0...content.count, using: &random)
                let end = Int.random(in: start...content.count, using: &random)
                #expect(try file.read(Int64(start)..<Int64(end)) == Bytes(Array(content[start..<end])), "TARN_SEED=\(seed)")
            }
            try file.flush()
            let ranges: [Range<Int64>] = [5..<10, 10..<2_000, 2_000..<2_000, 1..<4, 70_000..<70_100]
            var buffer = [UInt8](repeating: 0, count: ranges.reduce(0) { $0 + $1.count })
            try buffer.withUnsafeMutableBytes { try file.read(ranges, into: $0) }
            #expect(buffer == ranges.flatMap { content[Int($0.lowerBound)..<Int($0.upperBound)] }, "TARN_SEED=\(seed)")
            #expect(space.usedBytes == content.count && space.writtenBytes == content.count)
            try file.removeAll()
            #expect(file.size == 0 && space.usedBytes == 0)
            try file.append(Bytes("anew"))
            #expect(try file.read(0..<4).printableText == "anew")
            #expect(try folder.store().names().isEmpty, "scratch files have no names")
        }
        #expect(space.usedBytes == 0)
    }

    @Test func `a folder that is full or missing is named with the remedy`() throws {
        let space = ScratchSpace(folder: "/nowhere/at/all")
        let error = #expect(throws: StorageError.self) { _ = try space.makeFile() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("/nowhere/at/all") == true && error?.message.contains("--spill-dir") == true)
        #expect(ScratchSpace().folder == (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"))
    }
}

extension LocalStore {
    fileprivate func names() -> [String] {
        guard let stream = opendir(root) else { return [] }
        defer { closedir(stream) }
        var count = 0
        while readdir(stream) != nil { count += 1 }
        return count > 2 ? ["\(count - 2) names"] : []
    }
}
