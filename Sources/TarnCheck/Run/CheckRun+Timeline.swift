import TarnBase
import TarnStorage
import TarnTable

/// The steps that read `.hoodie` and the listing.
extension CheckRun {
    func checkTimeline(_ begun: TableFacts, _ archive: ArchivedTimeline) async {
        var facts = begun
        var rollbacks: [(Timeline.File, RollbackMetadata)] = []
        var cleans: [(Timeline.File, CleanMetadata)] = []
        var savepoints: [(Timeline.File, [(partition: String, files: [String])])] = []
        for file in facts.timeline.files where PayloadInvariants.hasContent(file.name) && !CheckRun.isCommit(file.name) {
            guard let bytes = await payload(file, facts) else { continue }
            let (content, findings) = PayloadInvariants.check(file.name, bytes)
            log.add(findings)
            switch content {
            case .rollback(let metadata): rollbacks.append((file, metadata))
            case .clean(let metadata):
                cleans.append((file, metadata))
                for partition in metadata.partitions {
                    facts.cleanedNames.formUnion((partition.plannedFiles + partition.deletedFiles + partition.failedFiles).map(TableFacts.lastName))
                }
            case .cleanPlan(let plan): facts.cleanedNames.formUnion(plan.files.map(TableFacts.lastName))
            case .rollbackPlan(let plan): log.add(ServiceInvariants.check(plan, of: file.name))
            case .savepoint(let partitions): savepoints.append((file, partitions))
            case .plan(let slices): if !slices.isEmpty { facts.plans.append(.init(name: file.name, slices: slices)) }
            case .nothing, .commit: break
            }
        }
        guard await list(&facts) else { return }
        log.add(ArchiveInvariants.check(archive, facts))
        for (file, metadata) in rollbacks { log.add(ServiceInvariants.check(metadata, of: file.name, facts)) }
        for (file, metadata) in cleans { log.add(ServiceInvariants.check(metadata, of: file.name, facts)) }
        for (file, partitions) in savepoints { log.add(ServiceInvariants.check(savepoint: partitions, of: file.name, facts)) }
        let listed = facts
        then { run in await run.checkCommits(listed) }
    }

    private static func isCommit(_ name: InstantFileName) -> Bool { name.state == .completed && name.action.writesData }

    /// nil where the file could not be read.
    func payload(_ file: Timeline.File, _ facts: TableFacts) async -> Bytes? {
        do { return try await read(facts.table, facts.table.timelineFile(file.name), size: file.size) } catch {
            log.addUnchecked(error, at: TableFacts.metaPath(file.name.text), instant: file.name.time)
            return nil
        }
    }

    func readArchive(_ facts: inout TableFacts) async -> ArchivedTimeline {
        let name = facts.properties.archiveFolder
        var archive = ArchivedTimeline()
        guard facts.timeline.folders.contains(name), ObjectPath(name) != nil else { return archive }
        let folder = facts.table.metaFolder.appending(name)
        do {
            for object in try await facts.table.store.list(folder, recursive: false).objects where ArchivedTimeline.isArchiveFile(object.path.name) {
                do {
                    try archive.add(try await read(facts.table, object.path, size: object.size))
                } catch let error as StorageError {
                    throw error
                } catch {
                    log.add(Finding(.payloadDecodes, at: facts.relative(object.path), "the archive does not decode: \(TableError(error).message)"))
                    facts.archived = nil
                }
            }
        } catch {
            log.addUnchecked(error, at: facts.relative(folder))
            facts.archived = nil
        }
        if facts.archived != nil { facts.archived = archive.completed }
        facts.cleanedNames.formUnion(archive.cleanedNames)
        return archive
    }

    // MARK: Listing

    /// Lists the whole table but its metadata table. False where the store would not.
    private func list(_ facts: inout TableFacts) async -> Bool {
        let table = facts.table
        let pastMetadata = table.metadataTableFolder.appending("\u{10FFFF}")
        var markers: Set<String> = []
        do {
            var after: ObjectPath?
            while true {
                let page = try await table.store.list(table.path, startingAfter: after, recursive: true)
                for object in page.objects where object.path.relative(to: table.metadataTableFolder) == nil {
                    let path = facts.relative(object.path)
                    let name = object.path.name
                    if name.hasPrefix("."), name.hasSuffix(".crc") {
                        facts.sideFiles.append((path, object.size))
                        continue
                    }
                    facts.sizes[path] = object.size
                    if object.path.relative(to: table.metaFolder) == nil {
                        facts.files.add(object, in: table)
                    } else if let marker = object.path.relative(to: table.metaFolder.appending(".temp")) {
                        markers.insert(String(marker.prefix { $0 != "/" }))
                    }
                }
                guard let next = page.next else { break }
                after = next.relative(to: table.metadataTableFolder) == nil ? next : max(next, pastMetadata)
            }
            let now = try await Timeline.load(table)
            facts.laterInstants = Set(now.instants.map(\.time)).subtracting(facts.timeline.instants.map(\.time))
        } catch {
            log.addUnchecked(error, at: ".")
            return false
        }
        facts.logsByGroup = Dictionary(grouping: facts.files.logFiles) { GroupVersion(group: $0.group, instant: $0.name.baseInstant) }
        for marker in markers.sorted() {
            let time = InstantTime(marker)
            guard time.map({ !facts.isUnderway($0) }) ?? true else { continue }
            log.add(Finding(.orphanMarker, at: ".hoodie/.temp/\(marker)", instant: time, "markers of an instant that is not pending"))
        }
        return true
    }
}
