import Glibc
import TarnBase
import TarnStorage

/// The folder `$TARN_TABLES`, if that is set: tests leave their tables there for the format lint and for other readers.
func keptTables(_ runtime: Runtime) throws -> LocalStore? {
    guard let folder = getenv("TARN_TABLES") else { return nil }
    return try LocalStore(root: String(cString: folder), durability: .none, runtime: runtime)
}
