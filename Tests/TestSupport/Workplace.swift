/// A table on disk with its inputs beside it, all removed at the end.
package struct Workplace {
    package let folder: TemporaryFolder
    package let table: String
    /// What the command lines need to reach it.
    private let environment: [String: String]

    package init() throws {
        folder = try TemporaryFolder()
        table = folder.path + "/table"
        environment = [:]
    }

    /// The table on a server; it stays there when the value goes away.
    package init(on server: S3Server) throws {
        folder = try TemporaryFolder()
        table = server.newTable()
        environment = server.environment
    }

    /// Runs `tarn` with a command's word, the table, and the rest of the arguments.
    package func tarn(_ word: String, _ more: [String] = [], environment others: [String: String] = [:]) throws -> ChildProcess {
        try start(word, more, environment: others).wait()
    }

    /// The same beside the test.
    package func start(_ word: String, _ more: [String] = [], environment others: [String: String] = [:]) throws -> RunningProcess {
        try RunningProcess([Programs.tarnPath, word, table] + more, environment: environment.merging(others) { $1 })
    }

    package func tablecheck(_ more: String...) throws -> ChildProcess {
        try ChildProcess.run([Programs.tablecheckPath, table] + more, environment: environment)
    }

    package static let schema = """
        {"type": "record", "name": "t_record", "namespace": "hoodie.t", "fields": [
          {"name": "id", "type": "string"}, {"name": "ts", "type": "long"}, {"name": "day", "type": "string"},
          {"name": "n", "type": ["null", "int"], "default": null}, {"name": "note", "type": ["null", "string"], "default": null}]}
        """

    package func file(_ name: String, _ content: String) throws -> String {
        try folder.write(content, to: name)
        return folder.path + "/" + name
    }

    /// A partitioned table with the columns `id, ts, day, n, note`.
    package func create(_ more: String...) throws {
        let schema = try file("schema.avsc", Workplace.schema)
        let made = try tarn(
            "create", ["--name", "t", "--schema", schema, "--record-key", "id", "--partition-by", "day", "--ordering", "ts"] + more)
        guard made.exitCode == 0 else { throw Unexpected("create: \(made.errors)") }
    }

    package func write(_ rows: String, _ more: String..., environment: [String: String] = [:]) throws -> ChildProcess {
        try tarn("write", [try file("rows.ndjson", rows), "--json"] + more, environment: environment)
    }

    /// The rows, sorted by their text.
    package func rows() throws -> [String] {
        let read = try tarn("query", ["--format", "ndjson"])
        guard read.exitCode == 0 else { throw Unexpected("query: \(read.errors)") }
        return read.output.split(separator: "\n").map(String.init).sorted()
    }

    /// What the judges find; empty for a sound table.
    package func findings() throws -> [String] { try Judges.findings([table]) }

    /// Puts a copy of a folder of this place where another was.
    package func copy(_ from: String, to: String) throws {
        let done = try ChildProcess.run(["sh", "-c", "rm -rf '\(to)' && cp -a '\(from)' '\(to)'"])
        guard done.exitCode == 0 else { throw Unexpected("cannot copy \(from): \(done.errors)") }
    }
}
