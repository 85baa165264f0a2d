import TarnBase
import TarnTestSupport
import Testing

/// The commands of the README, as they stand there, from the repository's folder.
@Suite struct ReadmeCommandTests {
    private struct Block {
        let commands: [String]

        /// The first block of commands behind a heading; lines that end in `\` go on, comments go.
        init(after heading: String) throws {
            let readme = try ChildProcess.run(["cat", repositoryFolder + "/README.md"]).output
            guard let section = readme.firstRange(of: heading), let begin = readme[section.upperBound...].firstRange(of: "```sh\n"),
                let end = readme[begin.upperBound...].firstRange(of: "```")
            else { throw Unexpected("the README has no commands after '\(heading)'") }
            commands = readme[begin.upperBound..<end.lowerBound].replacing("\\\n", with: " ").split(separator: "\n").map { line in
                String(line[..<(line.firstRange(of: "  #")?.lowerBound ?? line.endIndex)])
            }
        }
    }

    private func run(_ command: String, in place: Workplace, environment: [String: String] = [:]) throws -> ChildProcess {
        let folder = String(Programs.tarnPath.dropLast("/tarn".count))
        let words = command.replacing("TABLE", with: place.table).replacing("rows.parquet", with: place.folder.path + "/rows.parquet")
            .replacing(" probe.json", with: " \(place.folder.path)/probe.json")
        return try ChildProcess.run(["bash", "-c", "set -o pipefail; cd '\(repositoryFolder)' && export PATH='\(folder)':$PATH && \(words)"], environment: environment)
    }

    @Test func `every command that the README calls tested works as it stands there`() throws {
        let commands = try Block(after: "## On the command line").commands
        try #require(commands.count == 10 && commands[0].hasPrefix("tarn create") && commands[9].hasPrefix("tablecheck"), "\(commands)")
        let place = try Workplace()
        for command in commands {
            if command.hasPrefix("tarn write") {
                let rows = try run("tarn query TABLE --format parquet --output rows.parquet", in: place)
                try #require(rows.exitCode == 0, "\(rows.errors)")
            }
            if command.hasPrefix("tarn lag") {
                let probe = try run("sed \"s/: 0,/: $(date +%s%3N),/\" Fixtures/events/probe.json > probe.json", in: place)
                try #require(probe.exitCode == 0, "\(probe.errors)")
            }
            let done = try run(command, in: place)
            // The sample's source is ahead of the one batch that was taken.
            #expect(done.exitCode == (command.hasPrefix("tarn lag") ? 1 : 0), "\(command): \(done.output)\(done.errors)")
            #expect(!done.output.isEmpty, "\(command)")
        }
        #expect(try place.findings() == [])
    }

    @Test func `the commands on logs, services and the past work as they stand there`() throws {
        let commands = try Block(after: "## Logs, services, the past").commands
        try #require(commands.count == 12 && commands[11].hasPrefix("tablecheck"), "\(commands)")
        let place = try Workplace()
        var instant = ""
        for command in commands {
            let done = try run(command.replacing("INSTANT", with: instant), in: place)
            #expect(done.exitCode == 0 && !done.output.isEmpty, "\(command): \(done.output)\(done.errors)")
            if instant.isEmpty, command.hasPrefix("tarn ingest") {
                let timeline = try Programs.tarn("show", place.table, "timeline", "--json").jsonLines[0]["instants"]?.arrayValue
                instant = try #require(timeline?.last?["instant"]?.stringValue ?? timeline?.last?["time"]?.stringValue)
            }
        }
        #expect(try place.findings() == [])
    }

    @Test func `a topic is piped in as the README says, and piping it again adds nothing`() throws {
        let place = try Workplace()
        let commands = try Block(after: "## On the command line").commands
        try #require(run(commands[0], in: place).exitCode == 0)
        let piped = try Block(after: "A topic of your own").commands[0]
        let pipe = try #require(piped.firstRange(of: "-J | ")).upperBound
        try #require(piped.hasPrefix("kcat "))
        for _ in 0..<2 {
            let done = try run("cat Fixtures/events/batch-6.ndjson | " + piped[pipe...], in: place)
            #expect(done.exitCode == 0, "\(done.errors)")
        }
        let instants = try Programs.tarn("show", place.table, "timeline", "--json").jsonLines[0]["instants"]?.arrayValue
        #expect(instants?.count == 1)
        #expect(try place.findings() == [])
    }

    @Test(.enabled(if: S3Server.endpoint != nil, Comment(rawValue: S3Server.reason)))
    func `the commands on S3 work as they stand there`() async throws {
        let server = try await S3Server()
        let place = try Workplace(on: server)
        let commands = try Block(after: "## On S3").commands.filter { !$0.hasPrefix("export ") }
        try #require(commands.count == 5)
        for command in commands {
            let here = command.replacing("s3://lake/conversations", with: place.table)
                .replacing("https://storage.example.com", with: S3Server.endpoint ?? "").split(separator: "    #")[0]
            let done = try run(String(here), in: place, environment: server.environment)
            #expect(done.exitCode == 0 && !done.output.isEmpty, "\(command): \(done.output)\(done.errors)")
        }
    }
}
