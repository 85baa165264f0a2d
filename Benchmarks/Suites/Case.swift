import BenchSupport
import Dispatch
import TarnBase
import TarnTable

/// A piece of work that is measured, and what must come of it.
struct Case {
    let name: String
    /// Rows times columns.
    let valueCount: Int
    /// What the values take as PLAIN.
    let byteCount: Int
    private let expected: UInt64
    private let round: (_ isChecked: Bool) throws -> (nanoseconds: UInt64, checksum: UInt64)

    /// - Parameters:
    ///   - expected: The checksum of the rows.
    ///   - work: What is measured.
    ///   - checksum: Of what came out; not measured.
    init<Output>(
        _ name: String, _ data: SuiteData, expected: UInt64? = nil, _ work: @escaping () throws -> Output, checksum: @escaping (Output) throws -> UInt64
    ) {
        self.name = name
        (valueCount, byteCount, self.expected) = (data.valueCount, data.byteCount, expected ?? data.checksum)
        round = { isChecked in
            let clock = Runtime.system.clock
            let start = clock.monotonicNanoseconds()
            let output = try work()
            let taken = clock.monotonicNanoseconds() - start
            return (taken, isChecked ? try checksum(output) : 0)
        }
    }

    struct Result {
        let line: String
        let isRight: Bool
    }

    /// - Parameter warmups: Rounds in front that are neither timed nor checked: what `Benchmarks/instructions` counts.
    func measure(rounds: Int, warmups: Int) throws -> Result {
        for _ in 0..<warmups { _ = try round(false) }
        var times: [Double] = []
        for _ in 0..<rounds {
            let (nanoseconds, checksum) = try round(true)
            guard checksum == expected else {
                return Result(line: "\(name): the rows have checksum \(hexadecimal(checksum)), not \(hexadecimal(expected))", isRight: false)
            }
            times.append(Double(nanoseconds))
        }
        times.sort()
        let values = Double(max(1, valueCount))
        let median = times[times.count / 2]
        let cells = [
            decimal(median / values, 2), "\(decimal(times[0] / values, 2))-\(decimal(times[times.count - 1] / values, 2))",
            decimal(Double(byteCount) / median, 2), decimal(median / 1e6, 2), hexadecimal(expected),
        ]
        return Result(line: Case.columns(name, cells), isRight: true)
    }

    static let head = columns("case", ["ns/value", "min-max", "GB/s", "ms", "checksum"])

    private static func columns(_ name: String, _ cells: [String]) -> String {
        func blanks(_ count: Int) -> String { String(repeating: " ", count: max(2, count)) }
        return name + blanks(48 - name.count) + cells.map { $0 + blanks(16 - $0.count) }.joined()
    }
}

func hexadecimal(_ value: UInt64) -> String { String(value, radix: 16) }

func decimal(_ value: Double, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { power, _ in power * 10 }
    let scaled = Int((value * Double(scale)).rounded())
    let rest = "\(scaled % scale)"
    return "\(scaled / scale)." + String(repeating: "0", count: digits - rest.count) + rest
}

/// Runs `work` to its end from synchronous code.
func waiting<Output: Sendable>(_ work: @escaping @Sendable () async throws -> Output) throws -> Output {
    let done = DispatchSemaphore(value: 0)
    let result = Locked<Result<Output, any Error>?>(nil)
    Task {
        let outcome: Result<Output, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        result.withLock { $0 = outcome }
        done.signal()
    }
    done.wait()
    guard let outcome = result.withLock({ $0 }) else { throw TableError(.invalid, "a task ended without a result") }
    return try outcome.get()
}
