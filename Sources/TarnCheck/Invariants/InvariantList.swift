// The sentences themselves; what checks them lies beside this file.

extension Invariant {
    // MARK: What is said of the check itself

    static let unreadable = Invariant(
        "check.unreadable", severity: .unchecked,
        "everything could be read",
        cause: "no permission, a failing disk or network, or a file that a writer removed meanwhile",
        repair: "make the part readable and check again")
    static let unsupported = Invariant(
        "check.unsupported", severity: .unchecked,
        "the table has nothing that this version cannot judge",
        cause: "a feature of Hudi that Tarn does not know yet",
        repair: "check this part with another tool")
    static let metadataTable = Invariant(
        "check.metadata-table", severity: .warning,
        "there is no metadata table, which is not judged",
        cause: "the writer keeps a metadata table",
        repair: "none needed; validate the metadata table with Hudi's own tools")
    static let checking = [unreadable, unsupported, metadataTable]

    // MARK: Of `hoodie.properties`

    static let propertiesParse = Invariant(
        "properties.parse",
        "`hoodie.properties` exists and parses; no `.backup` beside it",
        cause: "a writer died while it updated the properties, or the file was edited",
        repair: "restore hoodie.properties from its backup, or write it again by SPEC.md section 2")
    static let versionSupported = Invariant(
        "properties.version-supported",
        "table version 6, layout 1",
        cause: "another release upgraded the table, or the file was edited",
        repair: "use a version of Tarn that knows the table's version")
    static let propertiesComplete = Invariant(
        "properties.complete",
        "the keys that readers need are there, with legal values, in one release's spelling",
        cause: "the file was edited, or written by a tool that is not Hudi",
        repair: "add or correct the key")
    static let propertiesChecksum = Invariant(
        "properties.checksum",
        "`hoodie.table.checksum` is the CRC-32 of `<database>.<table>`",
        cause: "the table's name or database was edited",
        repair: "correct the name, or the checksum with it")
    static let columnsExist = Invariant(
        "properties.columns-exist",
        "key, partition and ordering fields are columns of the table",
        cause: "a column was dropped or renamed, or the properties were edited",
        repair: "correct the property, or bring the column back")
    static let properties = [propertiesParse, versionSupported, propertiesComplete, propertiesChecksum, columnsExist]

    // MARK: Of the files in `.hoodie`

    static let namesParse = Invariant(
        "timeline.names-parse", severity: .warning,
        "every file in `.hoodie` that looks like an instant is one",
        cause: "a writer died before it renamed a temporary file, or a foreign tool left one",
        repair: "remove the file once no writer runs")
    static let instantsLegal = Invariant(
        "timeline.instants-legal",
        "instant times are calendar times of 14 or 17 digits",
        cause: "a writer with a broken clock, or renamed files",
        repair: "rename the instant's files")
    static let statesInOrder = Invariant(
        "timeline.states-in-order",
        "a completed instant has its requested and inflight files, unless it is archived; files that must be empty are",
        cause: "timeline files were removed by hand, or a store lost them",
        repair: "put the missing empty files")
    static let oneCompletion = Invariant(
        "timeline.one-completion-per-instant",
        "no two actions use one instant",
        cause: "two writers without a common lock",
        repair: "roll one of the two back")
    static let payloadDecodes = Invariant(
        "timeline.payload-decodes",
        "every completed, planned and rolled-back payload decodes",
        cause: "a writer died while it wrote the file in place, or the file was damaged",
        repair: "restore the file from a backup, or roll the instant back")
    static let modifiedInOrder = Invariant(
        "timeline.modified-in-order", severity: .warning,
        "modification times of completed files are in the order of their instants, but for compactions and clusterings",
        cause: "the table was copied without its modification times, or a clock jumped",
        repair: "none needed for version 6; copy with modification times before an upgrade")
    static let pendingInstant = Invariant(
        "timeline.pending", severity: .warning,
        "nothing is pending",
        cause: "a writer runs, or one died; the next write repairs it",
        repair: "none while a writer runs; otherwise the next write or `tarn rollback`")
    static let rollbackComplete = Invariant(
        "rollback.complete",
        "what a completed rollback undid is gone",
        cause: "the rollback was interrupted and its instant completed by hand",
        repair: "delete the files that the rollback names")
    static let cleanComplete = Invariant(
        "clean.complete",
        "what a clean deleted is gone",
        cause: "files were restored from a backup",
        repair: "delete the files that the clean names")
    static let savepointFiles = Invariant(
        "savepoint.files-exist",
        "every file of a savepoint is there",
        cause: "files were deleted by hand, or by a cleaner that ignores savepoints",
        repair: "restore the files from a backup, or delete the savepoint")
    static let historyDisjoint = Invariant(
        "timeline.history-disjoint", severity: .warning,
        "no instant is on the active timeline and in the archive",
        cause: "an archival died between its copy and its deletion",
        repair: "none needed: the next archival deletes the active files")
    static let replacedGone = Invariant(
        "replaced.gone-before-archival",
        "the files of groups that an archived replacecommit replaced are gone",
        cause: "a replacecommit was archived before a clean removed what it replaced",
        repair: "delete the files: their rows are in the groups that replaced them")
    static let planFiles = Invariant(
        "plan.files-exist",
        "the files that a pending compaction or clustering plan names are there, and Spark can run it",
        cause: "files were deleted by hand, or a clean ignored the plan",
        repair: "delete the plan's timeline files, and schedule anew")
    static let planCovers = Invariant(
        "plan.covers-every-log",
        "a compaction or clustering plan names every log of its slices that holds committed blocks",
        cause: "a writer appended to the old slice after the plan was made",
        repair: "while the plan is pending, delete its timeline files and schedule anew; afterwards write the log's rows again")
    static let timeline = [namesParse, instantsLegal, statesInOrder, oneCompletion, payloadDecodes, modifiedInOrder, pendingInstant, rollbackComplete, cleanComplete, savepointFiles, historyDisjoint, replacedGone, planFiles, planCovers]

    // MARK: Of completed commits

    static let filesExist = Invariant(
        "commit.files-exist",
        "every file that a completed active commit names, and that no later clean removed, is there",
        cause: "the file was deleted by hand, or the store lost it",
        repair: "restore the file from a backup, or roll the commit back")
    static let commitSizes = Invariant(
        "commit.sizes",
        "files have the size that the commit says",
        cause: "the file was cut, or written again under its name",
        repair: "restore the file from a backup, or roll the commit back")
    static let commitStats = Invariant(
        "commit.stats",
        "path, file ID, partition and previous commit of a write stat agree with each other and with the timeline",
        cause: "a defect of the writer",
        repair: "report it to the writer's makers; correct the commit's JSON")
    static let rowCounts = Invariant(
        "commit.row-counts",
        "`numWrites` is the file's row count, inserts and updates add up",
        cause: "a defect of the writer, or a file that was replaced",
        repair: "report it to the writer's makers; correct the commit's JSON")
    static let commitSchema = Invariant(
        "commit.schema",
        "the commit's schema parses and is the schema of the files it wrote",
        cause: "a defect of the writer, or two writers with different schemas",
        repair: "correct the commit's schema")
    static let rewriteRows = Invariant(
        "rewrite.rows-in-equal-rows-out",
        "a clustering writes as many rows as it took in",
        cause: "a defect of the writer",
        repair: "roll the clustering back before a clean removes what it replaced")
    static let commits = [filesExist, commitSizes, commitStats, rowCounts, commitSchema, rewriteRows]

    // MARK: Of what lies in the data folders

    static let oneBaseFile = Invariant(
        "slice.one-base-file-per-instant",
        "one file for a (file ID, instant)",
        cause: "a retried task left its first file",
        repair: "delete the file that the commit does not name")
    static let orphanNoInstant = Invariant(
        "orphan.no-instant",
        "no data file of an instant that is not completed, unless it is pending",
        cause: "a writer died, and its instant was removed without its files",
        repair: "delete the file")
    static let orphanUnnamed = Invariant(
        "orphan.unnamed",
        "every data file of a completed active commit is named by it",
        cause: "a retried task left a file, and the writer did not remove it before the commit",
        repair: "delete the file")
    static let orphanMarker = Invariant(
        "orphan.marker", severity: .warning,
        "no markers of an instant that is not pending",
        cause: "a writer died between the commit and its clean-up; the next write removes them",
        repair: "remove the folder, or let the next write do it")
    static let foreignFile = Invariant(
        "orphan.foreign-file", severity: .warning,
        "the data folders hold nothing but data",
        cause: "a foreign tool, or an interrupted copy",
        repair: "remove the file")
    static let partitionMetadata = Invariant(
        "partition.metadata",
        "every partition has its `.hoodie_partition_metadata`, with its depth; no partition lies in another",
        cause: "files were copied or deleted by hand",
        repair: "write the file again: commitTime and partitionDepth")
    static let sideFileStale = Invariant(
        "side-file.stale",
        "a Hadoop `.crc` file beside a file fits it",
        cause: "a file was written again beside the checksum of the old one",
        repair: "delete the `.crc` file")
    static let baseName = Invariant(
        "base.name",
        "a base file's name parses",
        cause: "a file was renamed or copied into the table",
        repair: "remove the file, or give it its name back")
    static let logHasGroup = Invariant(
        "slice.log-has-group",
        "a log's base instant is that of a base file of its group, of a pending compaction, or of the commit that began the group",
        cause: "a base file was removed without its logs, or a writer appended to a slice that was gone",
        repair: "restore the base file from a backup; without it the rows of the log alone are read")
    static let files = [logHasGroup, oneBaseFile, orphanNoInstant, orphanUnnamed, orphanMarker, foreignFile, partitionMetadata, sideFileStale, baseName]

    // MARK: Of base files, one by one

    static let footerDecodes = Invariant(
        "base.footer-decodes",
        "the footer decodes and names the meta columns and the table's columns",
        cause: "the file was cut or damaged",
        repair: "restore the file from a backup, or roll its commit back")
    static let footerEntries = Invariant(
        "base.footer-entries",
        "the footer's entries are there and agree with the schema",
        cause: "a defect of the writer",
        repair: "rewrite the file: an upsert into it does")
    static let basePages = Invariant(
        "base.pages", deep: true,
        "every page decodes, and its checksum is right",
        cause: "the medium or a copy damaged the file",
        repair: "restore the file from a backup, or roll its commit back")
    static let baseRowCount = Invariant(
        "base.row-count", deep: true,
        "a file has as many rows as its footer says",
        cause: "the medium or a copy damaged the file",
        repair: "restore the file from a backup")
    static let metaFields = Invariant(
        "base.meta-fields", deep: true,
        "the five meta columns of every row are as SPEC.md section 4 says",
        cause: "a defect of the writer, or a file that was renamed",
        repair: "rewrite the file: an upsert into it does")
    static let bloomCovers = Invariant(
        "base.bloom-covers-keys", deep: true,
        "the bloom filter knows every key",
        cause: "a defect of the writer: copied rows were left out",
        repair: "rewrite the file: an upsert into it does")
    static let keyRange = Invariant(
        "base.key-range", deep: true,
        "the least and greatest key of the footer are those of the rows",
        cause: "a defect of the writer",
        repair: "rewrite the file: an upsert into it does")
    static let statisticsBound = Invariant(
        "base.statistics-bound-values", deep: true,
        "no value lies outside its chunk's minimum and maximum; null counts are right",
        cause: "a defect of the writer",
        repair: "rewrite the file: an upsert into it does")
    static let changeLogBlocks = Invariant(
        "change-log.blocks", deep: true,
        "every block of a change log decodes",
        cause: "the medium or a copy damaged the file",
        repair: "restore the file from a backup; change queries over its commit fail until then")
    static let baseFiles = [footerDecodes, footerEntries, basePages, baseRowCount, metaFields, bloomCovers, keyRange, statisticsBound, changeLogBlocks]

    // MARK: Of log files

    static let logFrames = Invariant(
        "log.frames",
        "a log is blocks whose lengths agree, one behind the other (what a dead writer left between them: a warning)",
        cause: "the medium or a copy damaged the file, or a writer died while it appended",
        repair: "restore the file from a backup, or write the lost rows again")
    static let logBlockDecodes = Invariant(
        "log.block-decodes", deep: true,
        "every block of a log decodes by its own schema",
        cause: "the medium or a copy damaged the file, or a defect of the writer",
        repair: "restore the file from a backup, or roll its commit back")
    static let rollbackTarget = Invariant(
        "log.rollback-target-exists",
        "a rollback block belongs to a rollback, and takes back nothing that is completed",
        cause: "two writers without a common lock: one rolled back what the other completed",
        repair: "write the rows again that the block took back")
    static let logMetaFields = Invariant(
        "log.meta-fields", deep: true,
        "records of a log have a key, and the commit time of their block",
        cause: "a defect of the writer",
        repair: "compact the file group")
    static let logs = [logFrames, logBlockDecodes, rollbackTarget, logMetaFields]

    // MARK: Of record keys

    static let keysUnique = Invariant(
        "keys.unique", deep: true,
        "no key twice in the latest snapshot",
        cause: "inserts without look-up, two writers without a common lock, or a bloom filter that denied a key",
        repair: "upsert the key once more, or delete it and insert it again")
    static let keysMatch = Invariant(
        "keys.match-columns", deep: true,
        "record key and partition path of a row are those its columns give",
        cause: "another key generator wrote the file, or a column was rewritten",
        repair: "delete the rows and write them again")
    static let partitionMatches = Invariant(
        "keys.partition-matches", deep: true,
        "records of a log name the partition they lie in, and their columns give it",
        cause: "a defect of the writer, or a file that was moved",
        repair: "delete the rows and write them again")
    static let keys = [keysUnique, keysMatch, partitionMatches]

    // MARK: Of the source ledger

    static let ledgerDecodes = Invariant(
        "ledger.decodes",
        "`tarn.sources` and its companions decode",
        cause: "a tool changed the commit's extra metadata",
        repair: "correct the commit's JSON from the commit before")
    static let ledgerCarried = Invariant(
        "ledger.carried-forward",
        "no commit after one with a ledger lacks it (commits of other engines excepted), and `next` never falls",
        cause: "offsets were set back by hand, or a writer dropped the ledger",
        repair: "compare with the source; replay from the greater offset if events are missing")
    static let ledger = [ledgerDecodes, ledgerCarried]
}
