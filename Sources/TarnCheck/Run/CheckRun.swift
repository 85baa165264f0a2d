import TarnBase
import TarnStorage
import TarnTable

/// One check of a table, a step at a time: what is left to do is a queue, so that findings can be handed out in between.
final class CheckRun {
    let log: FindingLog
    let options: CheckOptions
    var counts = CheckedCounts()
    var version: Int?
    private let table: TableHandle?
    private var steps: [Step] = []
    private var isClosed = false

    typealias Step = (CheckRun) async -> Void

    init(_ table: TableHandle?, options: CheckOptions, log: FindingLog) {
        self.table = table
        self.options = options
        self.log = log
        if let table { steps = [{ run in await run.open(table) }] }
    }

    /// Does the next step. False when there is none left.
    func step() async -> Bool {
        if Task.isCancelled {
            if !isClosed { log.add(Finding(.unreadable, at: ".", "the check was interrupted")) }
            steps = []
        }
        guard let next = steps.popLast() else {
            if !isClosed { log.close() }
            isClosed = true
            return false
        }
        await next(self)
        return true
    }

    /// Puts steps in front of what is left, in their order.
    func then(_ next: Step...) { steps += next.reversed() }

    /// Does `body` with each number from `first` on, a step each.
    func forEach(_ range: Range<Int>, _ body: @escaping (CheckRun, Int) async -> Void) {
        guard let first = range.first else { return }
        then(
            { run in await body(run, first) },
            { run in run.forEach((first + 1)..<range.upperBound, body) })
    }

    /// A whole small object, of the size that a listing told.
    func read(_ table: TableHandle, _ path: ObjectPath, size: Int64) async throws -> Bytes {
        guard size > 0 else { return Bytes() }
        guard size <= ByteCount.mebibytes(256).bytes else { throw TableError(.unsupported, "\(ByteCount(size)) are more than is read whole", at: path) }
        return try await table.store.get(path, ranges: [0..<size])[0]
    }

    // MARK: The beginning

    private func open(_ table: TableHandle) async {
        let timeline: Timeline
        do { timeline = try await Timeline.load(table) } catch {
            return log.addUnchecked(error, at: ".hoodie")
        }
        guard !timeline.files.isEmpty || !timeline.others.isEmpty || !timeline.folders.isEmpty else {
            return log.add(Finding(.unreadable, at: ".hoodie", "there is no table here: the folder is missing or empty"))
        }
        guard let properties = await properties(table, timeline) else { return }
        var facts = TableFacts(table: table, properties: properties)
        facts.setTimeline(timeline)
        counts.instants = timeline.instants.count
        let archive = await readArchive(&facts)
        log.add(TimelineInvariants.check(timeline, archived: facts.archived == nil ? nil : archive.times, isDowngraded: properties.isDowngraded))
        if timeline.hasMetadataTable || !properties.metadataPartitions.isEmpty {
            log.add(Finding(.metadataTable, at: ".hoodie/metadata", "the metadata table is not judged"))
        }
        if properties.isBootstrapped {
            log.add(Finding(.unsupported, at: PropertiesInvariants.path, "bootstrap: rows in files outside the table are not judged"))
        } else {
            let begun = facts
            then { run in await run.checkTimeline(begun, archive) }
        }
    }

    /// nil when they do not tell enough to go on.
    private func properties(_ table: TableHandle, _ timeline: Timeline) async -> TableProperties? {
        let backup = TableFacts.metaPath("hoodie.properties.backup")
        if timeline.size(ofOther: "hoodie.properties.backup") != nil {
            log.add(Finding(.propertiesParse, at: backup, "left by an unfinished update: Java may copy it over the properties"))
        }
        for (name, path) in [("hoodie.properties", table.propertiesPath), ("hoodie.properties.backup", table.propertiesBackupPath)] {
            guard let size = timeline.size(ofOther: name) else {
                if name == "hoodie.properties" { log.add(Finding(.propertiesParse, at: PropertiesInvariants.path, "the file is missing")) }
                continue
            }
            let isMain = name == "hoodie.properties"
            do {
                let file = try JavaProperties(parsing: try await read(table, path, size: size))
                guard !file.entries.isEmpty else { throw TableError(.corrupt, "the file holds no keys", at: path) }
                version = file[PropertyKey.version].flatMap { Int($0) }
                let findings = PropertiesInvariants.check(file)
                if isMain { log.add(findings) }
                if findings.contains(where: { $0.invariant == .versionSupported && $0.path == PropertiesInvariants.path && version != 6 }) {
                    if !findings.contains(where: { $0.severity == .unchecked }) { stopped() }
                    return nil
                }
                do { return try TableProperties(file) } catch {
                    if isMain, !findings.contains(where: { $0.severity == .error }) { log.add(Finding(.propertiesComplete, at: PropertiesInvariants.path, error.message)) }
                }
            } catch let fault as TableError where fault.code == .corrupt {
                if isMain { log.add(Finding(.propertiesParse, at: PropertiesInvariants.path, fault.message)) }
            } catch {
                log.addUnchecked(error, at: TableFacts.metaPath(name))
            }
        }
        stopped()
        return nil
    }

    private func stopped() {
        log.add(Finding(.unreadable, at: ".", "without properties that can be read, nothing else of the table was checked"))
    }
}
