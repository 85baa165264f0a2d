import CGlibcExtra
import Glibc
import TarnBase
import TarnStorage
import TarnTestSupport
import Testing

@Suite struct LocalStoreTests {
    let folder: TemporaryFolder
    let store: LocalStore

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store(durability: .full)
    }

    private func path(_ text: String) -> ObjectPath { ObjectPath.root.appending(text) }

    /// Names in a folder as the operating system sees them, sorted.
    private func names(_ name: String) -> [String] {
        guard let stream = opendir("\(folder.path)/\(name)") else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let start = (UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!).assumingMemoryBound(to: CChar.self)
            names.append(String(cString: start))
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    private func code(_ work: () async throws -> Void) async -> StorageError.Code? {
        do { try await work() } catch { return (error as? StorageError)?.code }
        return nil
    }

    @Test func `a put leaves its file and no other, whether it succeeds or not`() async throws {
        let version = try await store.put(Bytes("x"), at: path(".hoodie/a"), condition: .ifAbsent)
        try await store.put(Bytes("y"), at: path(".hoodie/a"), condition: .ifMatching(version))
        #expect(await code { try await store.put(Bytes("z"), at: path(".hoodie/a"), condition: .ifMatching(version)) } == .preconditionFailed)
        #expect(await code { try await store.put(Bytes("z"), at: path(".hoodie/a"), condition: .ifAbsent) } == .preconditionFailed)
        #expect(await code { try await store.put(Bytes("z"), at: path(".hoodie"), condition: .always) } == .unsupported)
        #expect(await code { try await store.put(Bytes("z"), at: path(".hoodie"), condition: .ifAbsent) } == .unsupported)
        #expect(await code { try await store.put(Bytes("z"), at: path(".hoodie/a/b"), condition: .ifAbsent) } == .unsupported)
        #expect(names(".hoodie") == ["a"])
    }

    @Test func `checksum files of Hadoop go before their file is replaced, made anew or deleted, and only then`() async throws {
        try await store.put(Bytes("x"), at: path("p/a"), condition: .ifAbsent)
        func addChecksums() throws { for name in [".a.crc", ".b.crc", ".c.crc"] { try folder.write("crc", to: "p/\(name)") } }
        try addChecksums()
        #expect(await code { try await store.put(Bytes("z"), at: path("p/a"), condition: .ifAbsent) } == .preconditionFailed)
        #expect(names("p") == [".a.crc", ".b.crc", ".c.crc", "a"], "a refused put touches nothing")
        try await store.put(Bytes("y"), at: path("p/a"), condition: .always)
        try await store.put(Bytes("y"), at: path("p/b"), condition: .ifAbsent)
        #expect(names("p") == [".c.crc", "a", "b"])
        try addChecksums()
        let writer = try await store.upload(at: path("p/a"))
        try await writer.write(Bytes("w"))
        #expect(names("p").contains(".a.crc"))
        _ = try await writer.finish()
        try await store.put(Bytes(), at: path("p/c"), condition: .ifAbsent)
        #expect(names("p") == [".b.crc", "a", "b", "c"])
        try await store.delete([path("p/b")])
        #expect(names("p") == ["a", "c"])
        try addChecksums()
        let listed = try await store.list(path("p"), recursive: true)
        #expect(listed.objects.map(\.path.name) == [".a.crc", ".b.crc", ".c.crc", "a", "c"])
    }

    @Test func `folders that become empty go with their last file, except those with a dot and the root`() async throws {
        let markers = ["m1", "x/m2", "x/y/m3"].map { path(".hoodie/.temp/20260101/\($0)") }
        let files = markers + [path("city=Oslo/f"), path(".hoodie/archived/a"), path(".hoodie/hoodie.properties")]
        for file in files { try await store.put(Bytes("x"), at: file, condition: .ifAbsent) }
        mkdir("\(folder.path)/.hoodie/.aux", 0o777)
        try await store.delete(Array(markers[1...]))
        #expect(names(".hoodie/.temp/20260101") == ["m1"])
        try await store.delete([markers[0], path("city=Oslo/f"), path(".hoodie/archived/a"), path(".hoodie/.aux")])
        #expect(names("") == [".hoodie"])
        #expect(names(".hoodie") == [".aux", ".temp", "hoodie.properties"])
        try await store.delete([path(".hoodie/hoodie.properties")])
        #expect(names("") == [".hoodie"])

        mkdir("\(folder.path)/.hoodie/.temp/2", 0o777)
        mkdir("\(folder.path)/.hoodie/.temp/2/p", 0o777)
        try await MeteredStore(store).removeEmptyFolders(in: path(".hoodie/.temp/2"))
        #expect(names(".hoodie/.temp") == [])
    }

    @Test func `unfinished files of a writer that died are hidden, and swept once they are old`() async throws {
        try await store.put(Bytes("x"), at: path("p/a"), condition: .ifAbsent)
        var forgotten: (any PartWriter)? = try await store.upload(at: path("p/deep/b"))
        try folder.write("{", to: "p/.commit.0123456789abcdef.tmp")
        for kept in [".commit.x1.tmp", "c.0123456789abcdef.tmp", ".commit.0123456789ABCDEF.tmp"] { try folder.write("", to: "p/\(kept)") }
        let listed = try await store.list(path("p"), recursive: true)
        #expect(listed.objects.map(\.path.name) == [".commit.0123456789ABCDEF.tmp", ".commit.x1.tmp", "a", "c.0123456789abcdef.tmp"])
        #expect(try await store.sweepTemporaryFiles(in: path("p"), recursive: true, olderThanMilliseconds: 3_600_000) == 0)
        #expect(try await store.sweepTemporaryFiles(in: path("p"), olderThanMilliseconds: -5_000) == 1, "not below, if not recursive")
        #expect(names("p/deep").count == 1)
        forgotten = nil
        _ = forgotten
        #expect(names("p/deep") == [], "a writer that is dropped removes its file")
        #expect(try await MemoryStore().sweepTemporaryFiles(in: .root, olderThanMilliseconds: 0) == 0)
    }

    @Test func `links are followed to files and folders, never in a circle, and nothing else is an object`() async throws {
        try await store.put(Bytes("real"), at: path("t/real/f"), condition: .ifAbsent)
        for (target, name) in [("real/f", "t/file"), ("real", "t/folder"), ("nowhere", "t/dangling"), ("..", "t/real/up"), ("self", "t/self")] {
            #expect(symlink(target, "\(folder.path)/\(name)") == 0)
        }
        #expect(mkfifo("\(folder.path)/t/pipe", 0o666) == 0)
        let listed = try await store.list(path("t"), recursive: true)
        #expect(listed.objects.map(\.path.text) == ["t/file", "t/folder/f", "t/real/f"])
        #expect(try await store.get(path("t/folder/f")).printableText == "real")
        #expect(try await store.get(path("t/file")).printableText == "real")
        let direct = try await store.list(path("t"), recursive: false)
        #expect(direct.folders.map(\.text) == ["t/folder", "t/real"] && direct.objects.map(\.path.text) == ["t/file"])
        for absent in ["t/dangling", "t/pipe", "t/real"] {
            #expect(await code { _ = try await store.get(path(absent), ranges: nil) } == .notFound, "\(absent)")
        }
        #expect(await code { _ = try await store.get(path("t/self"), ranges: nil) } == .unsupported)
        try await store.put(Bytes("mine"), at: path("t/file"), condition: .always)
        #expect(try await store.get(path("t/real/f")).printableText == "real", "a put replaces the link, not what it leads to")
    }

    @Test func `a name that is not UTF-8 is reported with its folder`() async throws {
        mkdir("\(folder.path)/p", 0o777)
        let name = "\(folder.path)/p/".utf8.map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xFF), 0]
        close(open(name, O_CREAT | O_WRONLY, 0o666))
        await #expect { _ = try await store.list(.root, recursive: true) } throws: { error in
            let error = error as? StorageError
            return error?.code == .unsupported && error?.path == path("p")
        }
    }

    @Test func `what the system refuses has a code to act on`() async throws {
        #expect(try LocalStore(root: "\(folder.path)/not/yet").root.hasSuffix("not/yet"))
        #expect(try LocalStore(location: "file://\(folder.path)").root == store.root)
        #expect(try LocalStore(location: "file:\(folder.path)/").root == store.root)
        try folder.write("", to: "file")
        for wrong in ["s3://bucket/table", "\(folder.path)/file", ""] {
            #expect(await code { _ = try LocalStore(location: wrong) } == .unsupported, "\(wrong)")
        }
        let long = path("p/" + String(repeating: "n", count: 300))
        #expect(await code { try await store.put(Bytes("x"), at: long, condition: .ifAbsent) } == .unsupported)
        #expect(await code { _ = try await store.info(long) } == .notFound)
        #expect(await code { _ = try await store.exclusiveAccess(to: path("absent")) } == .notFound)
        // A folder that lets nobody make a file, not even the superuser.
        #expect(await code { try await LocalStore(root: "/proc").put(Bytes("x"), at: path("x"), condition: .ifAbsent) } != nil)
    }

    @Test func `a writer that failed or ended never makes its file appear`() async throws {
        let writer = try await store.upload(at: path("p/a"))
        _ = try await writer.finish()
        #expect(await code { _ = try await writer.finish() } == .unavailable)
        #expect(await code { try await writer.write(Bytes([UInt8](repeating: 0, count: 2 << 20))) } == .unavailable)
        let abandoned = try await store.upload(at: path("p/b"))
        await abandoned.abandon()
        #expect(await code { _ = try await abandoned.finish() } == .unavailable)
        #expect(names("p") == ["a"])
    }

    @Test func `a conditional put waits for one that is replacing the same file, and then looks again`() async throws {
        let version = try await store.put(Bytes("old"), at: path("p/a"), condition: .ifAbsent)
        let other = open("\(folder.path)/p/a", O_RDONLY | O_CLOEXEC)
        #expect(flock(other, LOCK_SH) == 0)
        async let refusal = code { try await store.put(Bytes("mine"), at: path("p/a"), condition: .ifMatching(version)) }
        // Long enough for a put that would not wait; one that is late only makes this test see less.
        try await Runtime.system.clock.sleep(milliseconds: 50)
        #expect(try await store.get(path("p/a")).printableText == "old")
        try folder.write("theirs", to: "p/b")
        #expect(rename("\(folder.path)/p/b", "\(folder.path)/p/a") == 0)
        close(other)
        #expect(await refusal == .preconditionFailed)
        #expect(try await store.get(path("p/a")).printableText == "theirs")
    }

    @Test func `puts and deletions that make and empty one folder at once all succeed`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for turn in 0..<100 {
                        let path = path(".hoodie/.temp/t/p/\(worker)")
                        try await store.put(Bytes(turn % 2 == 0 ? "x" : ""), at: path, condition: .ifAbsent)
                        try await store.delete([path])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(names(".hoodie/.temp") == [])
    }
}
