import Tarn
import TarnIngest

/// Change events of the peer kit: Debezium envelopes, whose deletes are ordered by the source's time.
enum Events {
    /// Each file as one micro-batch.
    static func ingest(_ files: [String], into sink: some ChangeSink) async throws {
        var settings = IngestSettings()
        settings.orderingUnit = .milliseconds
        settings.lines = .value
        settings.batchRows = .max
        settings.batchSeconds = 1e9
        let ingest = ChangeIngest(into: sink, settings, quarantine: nil, runtime: .system)
        for file in files { _ = try await ingest.run([try await .file(file)]) { _ in } }
    }
}
