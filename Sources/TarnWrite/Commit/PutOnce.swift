import TarnBase
import TarnStorage

extension ObjectStore {
    /// Puts a small object if there is none, and finds out by reading back when no answer comes.
    ///
    /// - Returns: false when there is another one.
    func putOnce(_ content: Bytes, at path: ObjectPath) async throws -> Bool {
        do {
            try await put(content, at: path, condition: .ifAbsent)
            return true
        } catch let error as StorageError where error.code == .preconditionFailed {
            return false
        } catch let error as StorageError where error.code == .outcomeUnknown {
            do {
                return try await get(path, upTo: ByteCount(max(1, content.count))) == content
            } catch let absent as StorageError where absent.code == .notFound {
                throw error
            } catch let other as StorageError where other.code == .tooLarge {
                return false
            }
        }
    }
}
