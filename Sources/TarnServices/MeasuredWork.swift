import TarnBase
import TarnStorage
import TarnTable
import TarnWrite

/// The report of work that was done under the writer's lock.
protocol MeasuredReport: Sendable {
    var requests: RequestCounts { get set }
    var seconds: Double { get set }
}

extension ClusteringReport: MeasuredReport {}
extension CompactionReport: MeasuredReport {}
extension CleanReport: MeasuredReport {}
extension ArchiveReport: MeasuredReport {}

extension TableHandle {
    /// Does work under the writer's lock, and tells in its report what it took, from the taking of the lock on.
    func measured<Report: MeasuredReport>(_ body: (WriteGround) async throws -> Report) async throws -> Report {
        let clock = runtime.clock
        let start = clock.monotonicNanoseconds()
        var report = try await WriteGround.forService(on: self) { ground in
            var report = try await body(ground)
            report.requests = ground.meter.counts
            return report
        }
        report.seconds = Double(clock.monotonicNanoseconds() &- start) / 1e9
        return report
    }
}
