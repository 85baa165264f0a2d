import Glibc

/// The processors that tasks of this process may use side by side.
enum Processors {
    /// At least 1; more than 16 tasks would wait for each other's columns.
    static let count = max(1, min(16, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
