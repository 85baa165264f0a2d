import TarnBase
import TarnStorage
import TarnTestSupport
import Testing

@Suite struct StoreConformanceTests {
    @Test func `a store in memory keeps the contract`() async throws {
        try await StoreConformance { MemoryStore() }.run()
    }

    @Test(arguments: [LocalStore.Durability.none, .full])
    func `a store on a local disk keeps the contract`(durability: LocalStore.Durability) async throws {
        let folder = try TemporaryFolder()
        let makers = CaseFolders()
        try await StoreConformance { try folder.store(makers.next(), durability: durability) }.run()
    }

    @Test func `a local disk without hard links keeps the contract`() async throws {
        let folder = try TemporaryFolder()
        let makers = CaseFolders()
        try await StoreConformance {
            try LocalStore(root: "\(folder.path)/\(makers.next())", durability: .none, runtime: .system, usesLinks: false)
        }.run()
    }

    @Test func `wrappers keep the contract of the store below`() async throws {
        try await StoreConformance { MeteredStore(MemoryStore()).scoped() }.run()
        try await StoreConformance { RecordingStore(FaultyStore(MemoryStore(), failing: .refused, atRequest: .max)) }.run()
    }
}

/// A folder name of its own for each case, which does not exist yet.
private final class CaseFolders: Sendable {
    private let taken = Locked(0)

    func next() -> String {
        let number = taken.withLock { taken in
            taken += 1
            return taken
        }
        return "case \(number)/table"
    }
}
