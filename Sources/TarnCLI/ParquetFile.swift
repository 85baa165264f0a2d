import Glibc
import TarnLocations
import TarnStorage
import TarnTable

/// A single Parquet file on the command line, where a table could stand: a path that ends in `.parquet`, or any file of the
/// local disk.
struct ParquetFile {
    /// As it was written.
    let text: String
    let store: any ObjectStore
    let path: ObjectPath

    /// nil when `text` names a table.
    init?(_ text: String, _ options: S3Options) throws {
        let location = try StoreLocation(text)
        guard ParquetFile.isFile(location) else { return nil }
        self.text = text
        switch location {
        case .local(let path):
            let file = try LocalFile(path)
            (store, self.path) = (file.store, file.path)
        case .s3:
            let place = location.text
            guard let slash = place.lastIndex(of: "/"), let name = ObjectPath(String(place[place.index(after: slash)...])), !name.isRoot else {
                throw Failure(.usage, "'\(text)' is not a file")
            }
            store = try StoreLocation(String(place[..<slash])).open(options)
            path = name
        }
    }

    private static func isFile(_ location: StoreLocation) -> Bool {
        guard case .local(let path) = location else { return location.text.hasSuffix(".parquet") }
        var status = stat()
        guard stat(path, &status) == 0 else { return path.hasSuffix(".parquet") }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// Of a file with columns that cannot be read too; they are refused when they are asked for.
    func reader() async throws -> BaseFileReader { try await BaseFileReader.open(path, in: store, refusesUnreadableColumns: false) }
}
