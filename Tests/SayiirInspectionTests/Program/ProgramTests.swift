import Foundation
import SayiirEvents
import SayiirLog
import SayiirTesting
import SayiirProjection
import TestPrograms
import Testing

@testable import SayiirInspection

@Suite("The built program")
struct ProgramTests {
    /// A copy of the sample in a real directory, damaged by `damage`, which is given the bytes of its only segment and the
    /// offset behind its last frame.
    private func sample(_ damage: (inout [UInt8], Int) -> Void = { _, _ in }) async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try await writeLog(History.sample.events, to: directory.path, on: LocalFileSystem())
        let end = try LogReader(directory: directory.path).verify().offset
        let url = URL(fileURLWithPath: directory.path).appendingPathComponent("00000001-00000000000000000001.seg")
        var bytes = [UInt8](try Data(contentsOf: url))
        damage(&bytes, end)
        try Data(bytes).write(to: url)
        return directory
    }

    @Test("verify ends with the status of its verdict, on copies that are damaged in each way")
    func exitStatuses() async throws {
        let clean = try await sample()
        #expect(try Program.run("verify", clean.path).status == 0)
        // The frame at the end lacks its first sector: it never reached the disk.
        let torn = try await sample { bytes, end in bytes[(end / 512 + 1) * 512] = 1 }
        // Every sector of its header was written, and it makes no sense.
        let ambiguous = try await sample { bytes, end in
            bytes[end] = 1
            bytes[end + 79] = 1
        }
        let corrupt = try await sample { bytes, _ in bytes[5300] ^= 1 }
        for (copy, status, verdict) in [(torn, 2, "torn"), (corrupt, 3, "corrupt"), (ambiguous, 4, "ambiguous")] {
            let result = try Program.run("verify", copy.path)
            #expect(result.status == Int32(status))
            #expect(result.output.hasPrefix("\(copy.path) is \(verdict): "))
            #expect(result.errors == "")
            let json = try Program.run("verify", copy.path, "--json")
            #expect(json.status == Int32(status))
            #expect(object(json.output)?["verdict"] as? String == verdict)
            #expect(object(json.output)?["exit_status"] as? Int == status)
        }
        #expect(try Program.run("explain", corrupt.path, "0x14b4").status == 3)
        for copy in [torn, ambiguous, corrupt, clean] {
            let status = try Program.run("verify", copy.path).status
            #expect(try Program.run("truncate-tail", copy.path).status == status)
        }
        #expect(try Program.run("list", torn.path).status == 0)
        #expect(try Program.run("list", ambiguous.path).status == 4)
        for copy in [torn, ambiguous] {
            #expect(try Program.run("truncate-tail", copy.path, "--confirm").status == 0)
            #expect(try Program.run("verify", copy.path).status == 0)
        }
    }

    @Test("a case bundle is read without the log: shown, reported and verified, which ends with 0, 3 or 1")
    func bundles() async throws {
        let log = try await sample()
        let head = try #require(object(Program.run("status", log.path, "--json").output)?["tree_head"] as? String)
        let shown = try Program.run("show", log.path, "order-42")
        let folder = try TemporaryDirectory()
        let path = "\(folder.path)/order-42.sayiir-case"
        let written = try Program.run("export", log.path, "--bundle", "order-42", "--output", path)
        #expect(written.status == 0 && written.errors == "" && written.output.hasPrefix("Case bundle of 12 records, "))
        try FileManager.default.removeItem(atPath: log.path)
        #expect(try Program.run("show", path).output == shown.output)
        #expect(try Program.run("report", path, "--output", "\(folder.path)/page.html").status == 0)
        let verified = try Program.run("verify", path, "--head", head)
        #expect(verified.status == 0 && verified.output.hasPrefix("\(path) is proven: "))
        #expect(try Program.run("verify", path).status == 0)
        #expect(try Program.run("verify", path, "--head", "\(head.dropLast(2))00").status == 3)
        #expect(try Program.run("verify", path, "--head", "nonsense").status == 1)
        #expect(try Program.run("verify", "\(path).gone").status == 1)
        #expect(try Program.run("export", path, "--bundle", "order-42", "--output", "\(path).2").status == 1)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[300] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try Program.run("verify", path).status == 3)
        for wrong in [
            ["--bundle", "x"], [], ["--format", "ndjson", "--bundle", "x", "--output", "y"], ["--size", "1"],
        ] {
            #expect(try Program.run(["export", log.path] + wrong).status == 1)
        }
    }

    @Test("a proof that was written to a file is checked without the log, and ends with 0, 3 or 1")
    func proofs() async throws {
        let log = try await sample()
        let shape = try #require(object(Program.run("status", log.path, "--json").output))
        let head = try #require(shape["tree_head"] as? String)
        let folder = try TemporaryDirectory()
        let path = "\(folder.path)/record-11.proof"
        let proof = try Program.run("prove", log.path, "11")
        #expect(proof.status == 0 && proof.errors == "")
        try Data(proof.output.utf8).write(to: URL(fileURLWithPath: path))
        let checked = try Program.run("check-proof", path, "--head", head)
        #expect(checked.status == 0)
        #expect(checked.output.hasPrefix("\(path) proves that record 11 is in the log with this head."))
        let other = try Program.run("check-proof", path, "--head", "\(head.dropLast(2))00")
        #expect(other.status == 3 && other.output.hasPrefix("\(path) proves nothing: "))
        #expect(try Program.run("check-proof", path, "--head", "nonsense").status == 1)
        #expect(try Program.run("check-proof", path).status == 1)
        let missing = try Program.run("check-proof", "\(path).gone", "--head", head)
        #expect(missing.status == 1 && missing.errors.contains("Give the file that 'prove' wrote."))
        #expect(try Program.run("prove", log.path, "49").status == 1)
        #expect(try Program.run("verify", log.path, "--head", head).status == 0)
        #expect(try Program.run("verify", log.path, "--head", "\(head.dropLast(2))00").status == 3)
    }

    @Test("wrong arguments and unreadable directories end with 1, and say so on the error output")
    func failures() async throws {
        let clean = try await sample()
        for arguments in [
            ["verify"], ["verify", "/no/such/directory"], ["bogus", clean.path], ["list", clean.path, "--status", "x"],
            ["dump", clean.path, "--type", "x"], ["show", clean.path, "order-42", "--at", "noon"],
            ["tail", clean.path, "-n", "-1"], ["show", clean.path, "order-99"], ["why", clean.path, "order-99"],
            ["explain", clean.path, "x"],
            ["explain", clean.path, "5,248"], ["explain", clean.path, "99999999"],
            ["truncate-tail", "/no/such/directory"], ["salvage", clean.path],
            ["retention", clean.path, "--older-than", "30"],
            ["retention", clean.path, "--larger-than", "10"],
            ["verify", clean.path, "--archive", "/no/such/directory"],
            ["salvage", clean.path, "--to", clean.path], ["salvage", "/no/such/directory", "--to", "/no/such/other"],
        ] {
            let result = try run(arguments)
            #expect(result.status == 1, "\(arguments)")
            #expect(result.output == "", "\(arguments)")
            #expect(!result.errors.isEmpty && !result.errors.contains("Error: there"), "\(arguments)")
        }
    }

    @Test("a command that there is not is named, with those that may be meant")
    func unknownCommand() throws {
        let near = try Program.run("stauts", "jobs.sayiir")
        #expect(near.status == 1 && near.output == "")
        #expect(near.errors == "sayiir-inspect: there is no command 'stauts'. Did you mean 'status'?\n")
        #expect(
            try Program.run("frobnicate").errors
                == "sayiir-inspect: there is no command 'frobnicate'. 'sayiir-inspect --help' shows the commands.\n")
        #expect(try Program.run("help", "status").status == 0)
        #expect(
            try Program.run("status").errors
                == "sayiir-inspect: name a log's directory, or a store with --postgres and its URL.\n")
    }

    private func run(_ arguments: [String]) throws -> BuiltProgram.Result {
        switch arguments.count {
        case 1: try Program.run(arguments[0])
        case 2: try Program.run(arguments[0], arguments[1])
        case 4: try Program.run(arguments[0], arguments[1], arguments[2], arguments[3])
        case 5: try Program.run(arguments[0], arguments[1], arguments[2], arguments[3], arguments[4])
        default: try Program.run(arguments[0], arguments[1], arguments[2])
        }
    }

    @Test("every command's help has examples on lines of their own, and the table of statuses stands where it belongs")
    func help() throws {
        let root = try Program.run("--help").output
        let commands = root.matches(of: /\n  ([a-z-]+)  +[A-Z]/).map { String($0.1) }.filter { $0.first != "-" }
        #expect(commands.count >= 21 && commands.contains("check-proof"))
        for command in commands {
            let result = try Program.run(command, "--help")
            #expect(result.status == 0)
            let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
            // A line that had to be broken could not be copied.
            let examples = lines.drop { !$0.hasPrefix("Example") }.dropFirst().prefix { !$0.isEmpty }
            #expect(
                !examples.isEmpty && examples.allSatisfy { $0.hasPrefix("  sayiir-inspect \(command) ") }, "\(command)")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(command)")
        }
        // What is to be given is called by what it is.
        for command in ["show", "why", "list", "diff", "report", "verify", "export"] {
            #expect(try Program.run(command, "--help").output.contains("The log's directory, or a case bundle"))
        }
        for command in ["status", "tail", "dump"] {
            #expect(
                try Program.run(command, "--help").output.contains("  <dir>                   The log's directory.\n"))
        }
        #expect(try Program.run("bench-disk", "--help").output.contains("Any directory on that disk"))
        for arguments in [["--help"], ["verify", "--help"]] {
            #expect(try run(arguments).output.contains(ExitStatus.table))
        }
    }

    @Test("completions are a script for each shell, with the names of statuses, orders and types of event")
    func completions() throws {
        for shell in ["bash", "zsh", "fish"] {
            let result = try Program.run("completions", shell)
            #expect(result.status == 0)
            for name in ["awaiting_signal", "duration", "task_checkpointed", "bench-disk"] {
                #expect(result.output.contains(name), "\(shell) \(name)")
            }
        }
        let unknown = try Program.run("completions", "csh")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("The shells are"))
    }

    @Test("bench-disk measures a real directory, and leaves nothing there")
    func disk() throws {
        let directory = try TemporaryDirectory()
        let result = try Program.run("bench-disk", directory.path, "--seconds", "1", "--json")
        #expect(result.status == 0)
        #expect((object(result.output)?["commits"] as? Int).map { $0 > 0 } == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }

    @Test("what is written to a file has no colour")
    func noColour() async throws {
        let clean = try await sample()
        #expect(!(try Program.run("show", clean.path, "order-42").output.contains("\u{1B}")))
    }

    @Test("documents go to the output or into a file, and options that do not go together are refused")
    func documents() async throws {
        let log = try await sample()
        let directory = try TemporaryDirectory()
        let (file, page) = ("\(directory.path)/jobs.json", "\(directory.path)/jobs.html")
        #expect(try Program.run("export", log.path, "--format", "chrome-trace", "--output", file).status == 0)
        let trace = try String(contentsOfFile: file, encoding: .utf8)
        #expect(try Program.run("export", log.path, "--format", "chrome-trace").output == trace)
        let second = try Program.run("export", log.path, "--format", "ndjson", "--output", file)
        #expect(second.status == 1 && second.errors.contains("exists. Give another file, or --force to replace it."))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == trace)
        #expect(try Program.run("report", log.path, "--output", page, "--instance", "order-42").status == 0)
        #expect(try String(contentsOfFile: page, encoding: .utf8).hasPrefix("<!DOCTYPE html>\n"))
        #expect(try Program.run("diff", log.path, "order-42", "order-43").status == 0)
        for arguments in [
            ["--format", "dot", "--from", "1"], ["--format", "ndjson", "--workflow", "order"], ["--format", "png"], [],
        ] {
            let result = try Program.run(["export", log.path] + arguments)
            #expect(result.status == 1 && !result.errors.isEmpty)
        }
    }

    @Test("a pipe that is closed early ends it quietly, with status 0")
    func brokenPipe() async throws {
        let directory = try TemporaryDirectory()
        var history = History()
        for number in 0..<2000 {
            history.add(InstanceID("i-\(number)"), Double(number), .submit("w", #""\#(number)""#))
        }
        try await writeLog(history.events, to: directory.path, on: LocalFileSystem(), perCommit: 100)
        let script = """
            { "$1" dump "$2"; echo "status $?" >&2; } | head -n 1
            """
        let shell = Process()
        let (output, errors) = (Pipe(), Pipe())
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", script, "sh", Program.built.url.path, directory.path]
        shell.standardOutput = output
        shell.standardError = errors
        try shell.run()
        shell.waitUntilExit()
        #expect(
            String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                == "segment 00000001-00000000000000000001.seg\n")
        #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "status 0\n")
    }

    @Test("tail --follow shows every event of a live writer once and in order, through several segments")
    func follow() async throws {
        let directory = try TemporaryDirectory()
        var options = LogOptions()
        options.firstSegmentBytes = 64 * 1024
        options.segmentBytes = 64 * 1024
        let log = try await LogWriter.open(directory: directory.path, options: options)
        var history = History()
        var generator = SplitMix64(seed: 3)
        for number in 0..<200 {
            // Too random to compress, so that the segments fill up.
            let noise = (0..<80).map { _ in String(UInt64.random(in: .min ... .max, using: &generator), radix: 36) }
            history.add("i", Double(number), .annotated(Event.Annotated(text: noise.joined())))
        }
        try await append(history.events[..<1], to: log)
        let program = try Program.start("tail", directory.path, "--follow", "--json")
        #expect(await program.lines(atLeast: 1).count == 1)
        for start in stride(from: 1, to: 200, by: 5) {
            try await append(history.events[start..<min(start + 5, 200)], to: log)
        }
        let lines = await program.lines(atLeast: 200)
        #expect(lines.map { object($0)?["sequence"] as? Int } == Array(1...200))
        #expect(try LogReader(directory: directory.path).segments().count >= 3)
        try await log.close()
        await program.kill()
    }

    private func append(_ events: ArraySlice<Event>, to log: LogWriter) async throws {
        var batch = RecordBatch()
        for event in events { try batch.append(event) }
        try await log.append(batch)
    }
}
