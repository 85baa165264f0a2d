public import TarnBase
public import TarnStorage
import TarnTable

/// Judges a table from outside, by the invariants of SPEC.md, section 9. Only reads; shares no code with writers.
///
/// ```swift
/// for await finding in TableCheck("trips", in: lake).findings() where finding.severity >= .error {
///     print(finding)
/// }
/// ```
///
/// The table may be written while it is checked: what a commit adds meanwhile is not judged.
///
/// Memory: facts of every instant and file, pages of one base file or a window of one log at a time, and
/// ``CheckOptions/keyMemory``, twice where slices are merged for their keys.
public struct TableCheck: Sendable {
    private let text: String
    private let store: any ObjectStore
    private let options: CheckOptions
    private let runtime: Runtime

    /// - Parameter path: The table's folder in the store; empty for the store's root. What is no path is a finding.
    public init(_ path: String, in store: any ObjectStore, options: CheckOptions = CheckOptions(), runtime: Runtime = .system) {
        text = path
        self.store = store
        self.options = options
        self.runtime = runtime
    }

    /// The findings as they are made. Never throws: what cannot be read is a finding.
    ///
    /// Cost: a listing of the table, a request for every timeline file and partition, one or two for every base file, one for
    /// every started MiB of a log file; a deep check reads every base file once, and record keys of the latest slices again.
    public func findings() -> Findings { Findings(check: self) }

    /// All findings, and how much was checked.
    public func report() async -> CheckReport {
        let run = makeRun()
        var findings: [Finding] = []
        while await run.step() { findings += run.log.take() }
        findings += run.log.take()
        return CheckReport(table: text, version: run.version, checked: run.counts, findings: findings)
    }

    fileprivate func makeRun() -> CheckRun {
        let log = FindingLog(options)
        guard let path = ObjectPath(text) else {
            log.add(Finding(.unreadable, at: ".", "this is not a path inside a store: \(text)"))
            return CheckRun(nil, options: options, log: log)
        }
        return CheckRun(TableHandle(store: store, path: path, runtime: runtime), options: options, log: log)
    }

    /// The findings of one check; every iteration checks anew.
    public struct Findings: AsyncSequence, Sendable {
        public typealias Element = Finding
        public typealias Failure = Never

        fileprivate let check: TableCheck

        public func makeAsyncIterator() -> Iterator { Iterator(run: check.makeRun()) }

        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let run: CheckRun
            fileprivate var waiting: [Finding] = []

            fileprivate init(run: CheckRun) { self.run = run }

            public mutating func next() async -> Finding? {
                while waiting.isEmpty {
                    let goesOn = await run.step()
                    waiting = run.log.take().reversed()
                    if !goesOn && waiting.isEmpty { return nil }
                }
                return waiting.popLast()
            }
        }
    }
}
