package import TarnBase
import TarnColumns
import TarnTable
import TarnWrite

/// Change events in, commits out, resumably: offsets and data are one commit (freshness.md 1).
///
///     let ingest = ChangeIngest(into: sink, settings, quarantine: folder, runtime: .system)
///     let summary = try await ingest.run([try await .file("events.ndjson")]) { report in … }
///
/// A run reads its inputs one after the other, in micro-batches by rows and seconds; the end of an input ends its batch,
/// so that none spans two files. A bad event goes to quarantine and stops nothing. An error leaves everything committed
/// before it as it is, and the next run goes on there.
package struct ChangeIngest: Sendable {
    private let sink: any ChangeSink
    private let settings: IngestSettings
    private let quarantine: QuarantineFolder?
    private let runtime: Runtime

    /// - Parameter quarantine: Where bad events go; nil makes the first one an error.
    package init(into sink: any ChangeSink, _ settings: IngestSettings, quarantine: QuarantineFolder?, runtime: Runtime) {
        self.sink = sink
        self.settings = settings
        self.quarantine = quarantine
        self.runtime = runtime
    }

    /// Reads the inputs to their ends.
    ///
    /// - Parameter report: Called after each commit, and after a micro-batch that had nothing to commit.
    /// - Throws: ``IngestError``, or what the table throws.
    package func run(_ inputs: [EventInput], report: (IngestReport) async throws -> Void) async throws -> IngestSummary {
        let run = try await IngestRun(sink: sink, settings: settings, quarantine: quarantine, runtime: runtime)
        for input in inputs { try await run.ingest(input, report) }
        return run.summary
    }
}
