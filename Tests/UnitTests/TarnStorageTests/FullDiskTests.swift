import Glibc
import TarnBase
import TarnStorage
import TarnTestSupport
import Testing

/// On a disk that is nearly full: run with `TARN_SMALL_DISK` naming an empty folder with less than 1 MiB of room, for example
/// a tmpfs of 256 KiB.
@Suite struct FullDiskTests {
    private static let folder = getenv("TARN_SMALL_DISK").map { String(cString: $0) }

    @Test(.enabled(if: folder != nil))
    func `a full disk is unavailable, says so, and leaves neither files nor parts`() async throws {
        let folder = try #require(Self.folder)
        let store = try LocalStore(root: folder)
        let path = ObjectPath.root.appending("p/a")
        let large = Bytes([UInt8](repeating: 1, count: 1 << 20))

        for condition in [PutCondition.ifAbsent, .always] {
            let error = await #expect(throws: StorageError.self) { try await store.put(large, at: path, condition: condition) }
            #expect(error?.code == .unavailable && error?.message.contains("disk is full") == true, "\(String(describing: error))")
        }
        let writer = try await store.upload(at: path)
        var error = await #expect(throws: StorageError.self) { try await writer.write(large) }
        #expect(error?.code == .unavailable, "\(String(describing: error))")
        error = await #expect(throws: StorageError.self) { _ = try await writer.finish() }
        #expect(error?.code == .unavailable)
        #expect(try await store.list(.root, recursive: true).objects.isEmpty)

        let file = try ScratchSpace(folder: folder).makeFile()
        error = #expect(throws: StorageError.self) { try file.append(large) }
        #expect(error?.code == .unavailable && error?.message.contains(folder) == true, "\(String(describing: error))")
        try file.append(Bytes("small"))
        try file.flush()
        #expect(try file.read(0..<5).printableText == "small", "usable again")

        try await store.put(Bytes("x"), at: path, condition: .ifAbsent)
        try await store.delete([path])
    }
}
