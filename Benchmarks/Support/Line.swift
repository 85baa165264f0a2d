import CGlibcExtra
package import Tarn
import TarnBase
import TarnRead
import TarnStorage

/// A line of a benchmark's table: what a step took, and how many files the table has after it.
package struct Line: CustomStringConvertible {
    package static let head = columns("step", ["wall s", "cpu s", "peak MiB", "written MB", "requests each", "files", "MB of table"])
    package let description: String

    /// Does the step and measures it.
    ///
    /// - Parameter parts: How many commits or reads the step is, for the requests of each.
    package init(_ name: String, _ parts: Int, _ table: Table, _ workspace: Workspace, _ step: () async throws -> Void) async throws {
        // What earlier steps freed goes back to the system: it is no memory of this one.
        malloc_trim(0)
        let before = workspace.store.counts
        let taken = try await Measurement.of(step)
        let after = workspace.store.counts
        let requests = after.get + after.put + after.list + after.head + after.delete - before.get - before.put - before.list - before.head - before.delete
        let slices = try await table.snapshot().fileSlices()
        description = Line.columns(
            name,
            [
                Line.tenths(taken.wallSeconds, 100), Line.tenths(taken.processorSeconds, 100), "\(taken.residentPeak >> 20)",
                Line.tenths(Double(taken.written) / 1e6, 10), "\(requests / max(1, parts))",
                "\(slices.reduce(0) { $0 + ($1.baseFile == nil ? 0 : 1) + $1.logFiles.count })", Line.tenths(Double(slices.reduce(0) { $0 + $1.size }) / 1e6, 10),
            ])
    }

    private static func columns(_ name: String, _ cells: [String]) -> String {
        func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
        return name + blanks(28 - name.count) + cells.map { blanks(14 - $0.count) + $0 }.joined()
    }

    /// A number with as many decimals as `parts` has zeros.
    private static func tenths(_ value: Double, _ parts: Int) -> String {
        let scaled = Int((value * Double(parts)).rounded())
        let rest = "\(scaled % parts)"
        let digits = "\(parts)".count - 1
        return "\(scaled / parts)." + String(repeating: "0", count: digits - rest.count) + rest
    }
}
