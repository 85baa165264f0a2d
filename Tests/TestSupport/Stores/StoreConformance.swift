package import TarnStorage
import TarnBase

/// What every store must do, as the contract of ``ObjectStore`` says it: one suite, run against each backend.
///
///     try await StoreConformance { MemoryStore() }.run()
///
/// Every case gets an empty store. The first that fails throws, naming the case and what it saw.
package struct StoreConformance: Sendable {
    let makeStore: @Sendable () async throws -> any ObjectStore
    private let isRemote: Bool

    /// - Parameter isRemote: For stores over a network: versions may be digests, which the same bytes share, a finished upload may
    ///   tell the time of change by another second than `info` does, and a put on a version that loses a race may be unknown.
    package init(isRemote: Bool = false, _ makeStore: @escaping @Sendable () async throws -> any ObjectStore) {
        self.isRemote = isRemote
        self.makeStore = makeStore
    }

    package func run() async throws {
        let cases: [(String, (any ObjectStore) async throws -> Void)] = [
            ("get returns exactly the ranges asked for", ranges),
            ("get of what is not there, or beyond the end, says so", missing),
            ("info tells size and version, and each content has its own", versions),
            ("conditional puts follow the contract's example", conditions),
            ("of many puts if absent one succeeds, and readers see it whole", raceIfAbsent),
            ("increments by ifMatching lose nothing", raceIfMatching),
            ("listings are sorted by UTF-8 bytes of the path", order),
            ("listings come in pages of at most 1,000, and start after any path", paging),
            ("a listing that is not recursive names folders once", folders),
            ("an upload appears whole when finished, and not at all when abandoned", uploads),
            ("delete takes many, missing ones and none", deletions),
            ("a lock excludes until released or dropped", lock),
            ("paths of any UTF-8 text are kept apart", names),
        ]
        for (name, check) in cases {
            do { try await check(makeStore()) } catch { throw Unexpected("\(name): \(error)") }
        }
    }
}

extension StoreConformance {
    private func path(_ text: String) -> ObjectPath { ObjectPath.root.appending(text) }

    private func expectFailure(_ code: StorageError.Code, _ what: String, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as StorageError where error.code == code { return } catch {
            throw Unexpected("\(what): \(code) expected, but it threw \(error)")
        }
        throw Unexpected("\(what): \(code) expected, but it succeeded")
    }

    private func text(_ store: any ObjectStore, _ path: ObjectPath) async throws -> String {
        try await store.get(path).printableText
    }

    private func ranges(_ store: any ObjectStore) async throws {
        let content = Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
        try await store.put(content, at: path("p/a"), condition: .ifAbsent)
        let asked: [Range<Int64>] = [99_990..<100_000, 0..<1, 5..<5, 40_000..<70_000, 0..<100_000, 41_000..<41_008]
        let chunks = try await store.get(path("p/a"), ranges: asked)
        try expect(chunks.count == asked.count, "\(chunks.count) chunks for \(asked.count) ranges")
        for (chunk, range) in zip(chunks, asked) {
            try expect(chunk == content[Int(range.lowerBound)..<Int(range.upperBound)], "wrong bytes for \(range)")
        }
        try expect(try await store.get(path("p/a"), ranges: nil) == [content], "nil must give the whole object")
        try expect(try await store.get(path("p/a"), ranges: []).isEmpty, "no ranges, no chunks")
        try await store.put(Bytes(), at: path("p/empty"), condition: .ifAbsent)
        try expect(try await store.get(path("p/empty"), ranges: nil) == [Bytes()], "an empty object is one empty chunk")
    }

    private func missing(_ store: any ObjectStore) async throws {
        try await store.put(Bytes("12345"), at: path("p/a"), condition: .always)
        for absent in ["q", "p", "p/a/b", "p/b", "a"] {
            try await expectFailure(.notFound, "get of \(absent)") { _ = try await store.get(path(absent), ranges: nil) }
            try await expectFailure(.notFound, "info of \(absent)") { _ = try await store.info(path(absent)) }
            try expect(try await !store.exists(path(absent)), "\(absent) must not exist")
        }
        let outside: [Range<Int64>] = [0..<6, 5..<6, 6..<6, -1..<2, Int64.max - 1..<Int64.max, Int64.min..<0]
        for range in outside {
            try await expectFailure(.invalidRange, "get of \(range)") { _ = try await store.get(path("p/a"), ranges: [0..<1, range]) }
        }
        try await expectFailure(.tooLarge, "get up to 4") { _ = try await store.get(path("p/a"), upTo: .bytes(4)) }
    }

    private func versions(_ store: any ObjectStore) async throws {
        var seen: Set<ObjectVersion> = []
        for turn in 0..<50 {
            let version = try await store.put(Bytes("turn \(isRemote ? turn + 10 : turn % 10 + 10)"), at: path("p/a"), condition: .always)
            let info = try await store.info(path("p/a"))
            try expect(info.version == version, "put returned \(version), info says \(String(describing: info.version))")
            try expect(info.size == 7 && info.path == path("p/a"), "\(info)")
            try expect(seen.insert(version).inserted, "content \(turn) has the version of an earlier one")
        }
    }

    private func conditions(_ store: any ObjectStore) async throws {
        let a = path("p/a")
        let first = try await store.put(Bytes("x"), at: a, condition: .ifAbsent)
        try await expectFailure(.preconditionFailed, "second ifAbsent") { try await store.put(Bytes("y"), at: a, condition: .ifAbsent) }
        try await expectFailure(.preconditionFailed, "empty ifAbsent") { try await store.put(Bytes(), at: a, condition: .ifAbsent) }
        try expect(try await text(store, a) == "x", "a refused put must change nothing")
        let second = try await store.put(Bytes("y"), at: a, condition: .ifMatching(first))
        try await expectFailure(.preconditionFailed, "stale ifMatching") { try await store.put(Bytes("z"), at: a, condition: .ifMatching(first)) }
        try expect(try await text(store, a) == "y", "a refused put must change nothing")
        try await store.delete([a])
        try await expectFailure(.preconditionFailed, "ifMatching of nothing") { try await store.put(Bytes("z"), at: a, condition: .ifMatching(second)) }
        try expect(try await !store.exists(a), "a refused put must not create")
        try await store.put(Bytes("w"), at: a, condition: .ifAbsent)
        try expect(try await text(store, a) == "w", "ifAbsent after delete")
        try await store.put(Bytes("v"), at: path("p/b"), condition: .always)
        try expect(try await text(store, path("p/b")) == "v", "always creates")
    }

    private func raceIfAbsent(_ store: any ObjectStore) async throws {
        for round in 0..<30 {
            let target = path("race/\(round)")
            // Every third content is empty, as markers are.
            let size = round % 3 == 2 ? 0 : 20_000
            let winners = try await withThrowingTaskGroup(of: Int?.self) { group in
                for racer in 0..<8 {
                    group.addTask {
                        do {
                            try await store.put(Bytes([UInt8](repeating: UInt8(racer), count: size)), at: target, condition: .ifAbsent)
                            return racer
                        } catch let error as StorageError where error.code == .preconditionFailed { return nil }
                    }
                }
                group.addTask {
                    for _ in 0..<20 {
                        guard let seen = try? await store.get(target) else { continue }
                        try expect(seen.count == size && Set(seen.array).count <= 1, "a reader saw a part: \(seen.count) bytes")
                    }
                    return nil
                }
                return try await group.reduce(into: [Int]()) { if let winner = $1 { $0.append(winner) } }
            }
            try expect(winners.count == 1, "\(winners.count) of 8 puts if absent succeeded")
            let stored = try await store.get(target)
            try expect(size == 0 || stored[0] == UInt8(winners[0]), "the loser's content is stored")
        }
    }

    private func raceIfMatching(_ store: any ObjectStore) async throws {
        let counter = path("p/counter")
        try await store.put(Bytes("1000"), at: counter, condition: .ifAbsent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var done = 0
                    while done < 25 {
                        guard let version = try await store.info(counter).version else { throw Unexpected("no version") }
                        let value = try await store.get(counter).utf8Text.flatMap { Int($0) } ?? 0
                        do {
                            try await store.put(Bytes("\(value + 1)"), at: counter, condition: .ifMatching(version))
                            done += 1
                        } catch let error as StorageError where error.code == .preconditionFailed || isRemote && error.code == .outcomeUnknown {
                            // A server may say 500 to the loser of a race; what is counted shows whether that meant "not done".
                            await Task.yield()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let counted = try await text(store, counter)
        try expect(counted == "1100", "counted \(counted), not 1100")
    }

    private static let scattered = [
        "p/a.b", "p/a/b", "p/a-c", "p/a/b.c", "p/a/c/d", "p/a0", "p/ab", "p/A", "p/é", "p/z", "p/\u{FFFD}", "p/😀", "p/.hidden", "p/a b", "p.x", "p0",
    ]

    private func order(_ store: any ObjectStore) async throws {
        for text in Self.scattered { try await store.put(Bytes(text), at: path(text), condition: .ifAbsent) }
        let sorted = Self.scattered.map(path).sorted()
        let all = try await store.list(.root, recursive: true)
        try expect(all.objects.map(\.path) == sorted, "\(all.objects.map(\.path.text))")
        try expect(all.folders.isEmpty && all.next == nil, "a recursive listing has no folders")
        for info in all.objects { try expect(info.size == info.path.text.utf8.count, "size of \(info.path)") }
        let below = sorted.filter { $0.text.hasPrefix("p/") }
        try expect(try await store.list(path("p"), recursive: true).objects.map(\.path) == below, "p.x and p0 are not below p")
        for bound in sorted + [path("p"), path("p/a"), path("p/a/"  + "zz"), path("p/b"), path("a"), path("zz")] {
            let rest = try await store.list(path("p"), startingAfter: bound, recursive: true).objects.map(\.path)
            try expect(rest == below.filter { bound < $0 }, "after \(bound): \(rest.map(\.text))")
        }
        for absent in ["nothing", "p/a.b", "p/a/b/c"] {
            let page = try await store.list(path(absent), startingAfter: nil, recursive: true)
            try expect(page.objects.isEmpty && page.next == nil, "\(absent) has nothing below it")
        }
    }

    private func paging(_ store: any ObjectStore) async throws {
        // 1,201 below 121 folders, and 1,000 beside them: one page exactly, then none.
        for number in 0..<1_201 { try await store.put(Bytes(), at: path("many/\(number % 121)/\(number)"), condition: .ifAbsent) }
        for number in 0..<1_000 { try await store.put(Bytes(), at: path("exact/\(number)"), condition: .ifAbsent) }
        var pages: [Int] = []
        var seen: [ObjectPath] = []
        var next: ObjectPath?
        repeat {
            let page = try await store.list(path("many"), startingAfter: next, recursive: true)
            pages.append(page.objects.count)
            seen += page.objects.map(\.path)
            next = page.next
        } while next != nil
        try expect(pages == [1_000, 201], "pages of \(pages)")
        try expect(seen == seen.sorted() && Set(seen).count == 1_201, "pages overlap, leave out or are out of order")
        for recursive in [true, false] {
            let exact = try await store.list(path("exact"), startingAfter: nil, recursive: recursive)
            try expect(exact.objects.count == 1_000 && exact.next == nil, "exactly 1,000 are one page, not \(exact.objects.count)")
            try await store.put(Bytes(), at: path("exact/~"), condition: .always)
            let more = try await store.list(path("exact"), startingAfter: nil, recursive: recursive)
            try expect(more.objects.count == 1_000 && more.next == more.objects.last?.path, "1,001 are two pages")
            try expect(try await store.list(path("exact"), recursive: recursive).objects.count == 1_001, "all pages")
            try await store.delete([path("exact/~")])
        }
    }

    private func folders(_ store: any ObjectStore) async throws {
        for text in Self.scattered { try await store.put(Bytes(text), at: path(text), condition: .ifAbsent) }
        let all = try await store.list(path("p"), startingAfter: nil, recursive: false)
        try expect(all.folders == [path("p/a")], "\(all.folders)")
        let files = Self.scattered.map(path).filter { $0.parent == path("p") }.sorted()
        try expect(all.objects.map(\.path) == files, "\(all.objects.map(\.path.text))")
        for bound in files + [path("p/a"), path("p/a/zz")] {
            let rest = try await store.list(path("p"), startingAfter: bound, recursive: false)
            try expect(rest.objects.map(\.path) == files.filter { bound < $0 }, "objects after \(bound)")
            try expect(rest.folders == [path("p/a")].filter { bound < $0 }, "folders after \(bound)")
        }
        let root = try await store.list(.root, startingAfter: nil, recursive: false)
        try expect(root.folders == [path("p")] && root.objects.map(\.path) == [path("p.x"), path("p0")], "the root")
    }

    private func uploads(_ store: any ObjectStore) async throws {
        let a = path("new/folder/a")
        let writer = try await store.upload(at: a)
        var content = ByteBuilder()
        for size in [0, 1, 100, 3_000_000, 7, 1 << 20, 500_000] {
            let part = Bytes((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ size) })
            content.append(part)
            try await writer.write(part)
        }
        try expect(try await !store.exists(a), "an unfinished upload must not be there")
        try expect(try await store.list(.root, recursive: true).objects.isEmpty, "an unfinished upload must not be listed")
        let info = try await writer.finish()
        let whole = content.finish()
        let seen = try await store.info(a)
        let isLater = isRemote && abs(seen.modifiedMilliseconds - info.modifiedMilliseconds) <= 2_000
        let told = isLater ? ObjectInfo(path: info.path, size: info.size, modifiedMilliseconds: seen.modifiedMilliseconds, version: info.version) : info
        try expect(seen == told && info.size == whole.count, "finish returned \(info), info says \(seen)")
        try expect(try await store.get(a) == whole, "the parts are not the whole")

        let dropped = try await store.upload(at: path("new/dropped"))
        try await dropped.write(Bytes("x"))
        await dropped.abandon()
        _ = try await store.upload(at: path("new/forgotten"))
        try expect(try await store.list(.root, recursive: true).objects.map(\.path) == [a], "what was abandoned is listed")

        let second = try await store.upload(at: a)
        try await second.write(Bytes("anew"))
        _ = try await second.finish()
        try expect(try await text(store, a) == "anew", "an upload replaces")
    }

    private func deletions(_ store: any ObjectStore) async throws {
        for name in ["f/a", "f/b", "f/c", "f/g/d"] { try await store.put(Bytes(name), at: path(name), condition: .ifAbsent) }
        try await store.delete([])
        try await store.delete([path("f/a"), path("f/missing"), path("nowhere/x"), path("f/g"), path("f/a")])
        try expect(try await store.list(.root, recursive: true).objects.map(\.path.text) == ["f/b", "f/c", "f/g/d"], "after the first")
        try await store.delete(["f/b", "f/c", "f/g/d"].map(path))
        try expect(try await store.list(.root, recursive: true).objects.isEmpty, "after the second")
        try await store.put(Bytes("again"), at: path("f/g/d"), condition: .ifAbsent)
        try expect(try await text(store, path("f/g/d")) == "again", "anew under a deleted name")
    }

    private func lock(_ store: any ObjectStore) async throws {
        try await store.put(Bytes("x"), at: path(".hoodie/a"), condition: .always)
        try await store.put(Bytes("x"), at: path("other/a"), condition: .always)
        guard let held = try await store.exclusiveAccess(to: path(".hoodie")) else { return }
        try await expectFailure(.locked, "a second lock") { _ = try await store.exclusiveAccess(to: path(".hoodie")) }
        let other = try await store.exclusiveAccess(to: path("other"))
        try expect(other != nil, "another folder has another lock")
        try await store.put(Bytes("y"), at: path(".hoodie/a"), condition: .always)
        await held.release()
        var again = try await store.exclusiveAccess(to: path(".hoodie"))
        await held.release()
        try await expectFailure(.locked, "releasing twice frees nothing") { _ = try await store.exclusiveAccess(to: path(".hoodie")) }
        try expect(again != nil, "free after release")
        again = nil
        try expect(try await store.exclusiveAccess(to: path(".hoodie")) != nil, "free when dropped")
    }

    private func names(_ store: any ObjectStore) async throws {
        let odd = ["x/e\u{301}", "x/\u{E9}", "x/city=São Paulo", "x/a%2Fb", "x/\\", "x/...", "x/..a", "x/ ", "x/\n", "x/" + String(repeating: "n", count: 250)]
        for name in odd { try await store.put(Bytes(name), at: path(name), condition: .ifAbsent) }
        for name in odd { try expect(try await text(store, path(name)).utf8.elementsEqual(name.utf8), "content of \(name)") }
        try expect(try await store.list(.root, recursive: true).objects.map(\.path) == odd.map(path).sorted(), "listing")
    }
}
