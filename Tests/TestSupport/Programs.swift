import Glibc
package import TarnBase

/// The built command lines, run as a user runs them. They lie beside the test bundle.
package enum Programs {
    private static let folder: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bundled = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? path
        return String(bundled[..<(bundled.lastIndex(of: "/") ?? bundled.startIndex)])
    }()

    package static var tarnPath: String { folder + "/tarn" }
    package static var tablecheckPath: String { folder + "/tablecheck" }

    package static func tarn(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> ChildProcess {
        try ChildProcess.run([tarnPath] + arguments, input: Array(input.utf8), environment: environment)
    }

    package static func tablecheck(_ arguments: String...) throws -> ChildProcess { try ChildProcess.run([tablecheckPath] + arguments) }
}

/// This package's own folder.
package let repositoryFolder: String = {
    var path = #filePath
    for _ in 0..<3 { path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
    return path
}()

/// The Python with the other engines in it: the one that `make test` installs, or `TARN_PYTHON`.
package enum Python {
    package static let path = getenv("TARN_PYTHON").map { String(cString: $0) } ?? repositoryFolder + "/.venv/bin/python"

    /// Runs a script of `Tests/InteropTests/python`, which finds the command lines in `TARN` and `TABLECHECK`.
    ///
    /// - Throws: ``Unexpected`` if the Python is not there, or the script ends with another exit code than 0; it carries what
    ///   the script said.
    @discardableResult
    package static func run(_ script: String, _ arguments: [String], environment: [String: String] = [:]) throws -> String {
        guard access(path, X_OK) == 0 else { throw Unexpected("there is no \(path): `make test` installs it, or TARN_PYTHON names another") }
        var variables = ["TARN": Programs.tarnPath, "TABLECHECK": Programs.tablecheckPath, "PYTHONDONTWRITEBYTECODE": "1"]
        variables.merge(environment) { $1 }
        let done = try ChildProcess.run([path, repositoryFolder + "/Tests/InteropTests/python/" + script] + arguments, environment: variables)
        guard done.exitCode == 0 else { throw Unexpected("\(script) \(arguments.joined(separator: " ")): exit \(done.exitCode)\n\(done.output)\(done.errors)") }
        return done.output
    }
}

/// What the two judges find in tables: `tablecheck --deep`, and the format lint of what only Java readers look at.
package enum Judges {
    /// Empty when all are sound.
    package static func findings(_ tables: [String]) throws -> [String] {
        var findings: [String] = []
        for table in tables {
            let checked = try Programs.tablecheck(table, "--deep", "--json")
            guard let report = try? JSON(parsing: checked.output), let found = report["findings"]?.arrayValue else {
                throw Unexpected("tablecheck \(table): exit \(checked.exitCode) \(checked.output)\(checked.errors)")
            }
            findings += found.map { "tablecheck \(table): \($0)" }
            if checked.exitCode != 0, found.isEmpty { findings.append("tablecheck \(table): exit \(checked.exitCode) without a finding") }
        }
        return try findings + Python.run("lint_tables.py", tables).split(separator: "\n").map(String.init)
    }
}

extension ChildProcess {
    /// Standard output as one JSON value a line.
    package var jsonLines: [JSON] {
        get throws { try output.split(separator: "\n").map { try JSON(parsing: String($0)) } }
    }
}
