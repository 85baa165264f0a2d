import TarnBase
import TarnTable
import TarnTestSupport
import Testing

/// Compaction plans (format §9.1).
@Suite struct PayloadCompactionTests {
    private let runtime = Runtime.simulated(seed: 1)

    @Test func `a plan reads back as it was written, log-only slices and partitions of any name too`() throws {
        let fileID = "aaaaaaaa-0000-4000-8000-000000000001-0"
        let slice = FileSlice(
            partition: PartitionPath("p=1/q")!, fileID: FileID(fileID)!, baseInstant: InstantTime("20260101000000000")!, baseFile: nil,
            logFiles: [LogFile(partition: PartitionPath("p=1/q")!, name: LogFileName(".\(fileID)_20260101000000000.log.1_0-1-1")!, size: 3 << 20)])
        let metrics = CompactionMetrics(of: slice)
        #expect(metrics.logFiles == 1 && metrics.logBytes == 3 << 20 && metrics.readMebibytes == 3 && metrics.writeMebibytes == 120)
        let plan = CompactionPlan(operations: [
            .init(group: PlannedGroup(partitionPath: "p=1/q", fileID: fileID), baseInstant: "20260101000000000", baseFile: nil, logFiles: ["a", "b"], metrics: metrics),
            .init(group: PlannedGroup(partitionPath: "", fileID: "x-0"), baseInstant: "20260101000000001", baseFile: "x.parquet", logFiles: [], metrics: nil),
        ])
        let read = try CompactionPlan(parsing: plan.encoded(random: runtime.random))
        #expect(read == plan && read.version == 2)
        #expect(try CompactionPlan(parsing: CompactionPlan(operations: []).encoded(random: runtime.random)).operations.isEmpty)
    }

    @Test func `bytes that are no plan are refused`() throws {
        let file = CompactionPlan(operations: []).encoded(random: runtime.random)
        for count in [0, 3, 100, file.count - 20] {
            #expect(throws: PayloadError.self) { try CompactionPlan(parsing: file[0..<count]) }
        }
    }
}
