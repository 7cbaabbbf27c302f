import Foundation
import SayiirCatalogue
import SayiirEvents
import SayiirLog
import SayiirTesting
import TestPrograms
import Testing

@testable import SayiirInspection

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Every command that writes a file, against every kind of file that may stand where it is told to write.
@Suite struct WriteTargetTests {
    private let folder: TemporaryDirectory
    private var root: String { folder.path }
    private var log: String { "\(root)/log" }
    private var segment: String { "\(log)/00000001-00000000000000000001.seg" }

    init() async throws {
        folder = try TemporaryDirectory()
        try await writeLog(History.sample.events, to: log, on: LocalFileSystem())
        try await Self.writeOtherLog(to: "\(root)/other")
        try Catalogue(ofLog: "\(root)/other").update()
        try Catalogue(ofLog: log, path: "\(root)/mine.catalogue").update()
        // A database of another application, and one of no application in particular.
        for (name, id) in [("app.sqlite", [1, 2, 3, 4]), ("plain.sqlite", [0, 0, 0, 0])] as [(String, [UInt8])] {
            var bytes = try contents("\(root)/other.catalogue")
            bytes.replaceSubrange(68..<72, with: id)
            try put(bytes, name)
        }
        try put(Array("remember the milk\n".utf8), "notes.txt")
        try put(try contents(segment), "segment.bak")
        try put(Array("kept\n".utf8), "readonly.txt")
        chmod("\(root)/readonly.txt", 0o444)
        for suffix in ["-wal", "-shm", "-journal"] {
            try put(Array("a diary\n".utf8), "beside\(suffix).catalogue\(suffix)")
        }
        try FileManager.default.createDirectory(atPath: "\(root)/folder", withIntermediateDirectories: true)
        try put([1], "folder/file")
        try FileManager.default.createDirectory(atPath: "\(log)/quarantine", withIntermediateDirectories: true)
        mkfifo("\(root)/pipe", 0o644)
        for (link, target) in [
            ("to-segment", segment), ("to-notes", "\(root)/notes.txt"), ("to-nothing", "\(root)/nothing"),
            ("to-log", log),
            ("to-app", "\(root)/app.sqlite"), ("to-new-in-log", "\(log)/new"),
        ] { symlink(target, "\(root)/\(link)") }
        link(segment, "\(root)/hard-segment")
        link("\(root)/mine.catalogue", "\(root)/hard-catalogue")
    }

    private static func writeOtherLog(to directory: String) async throws {
        let writer = try await LogWriter.open(directory: directory)
        var batch = RecordBatch()
        for event in History.sample.events { try batch.append(event) }
        try await writer.append(batch)
        try await writer.close()
    }

    private func contents(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func put(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(root)/\(name)"))
    }

    /// All names below the folder with what they are, and the bytes of files.
    private func world() throws -> [String: [UInt8]] {
        var world: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            var status = stat()
            lstat("\(root)/\(name)", &status)
            let isFile = status.st_mode & S_IFMT == S_IFREG
            world[name] = isFile ? try contents("\(root)/\(name)") : Array("\(status.st_mode)".utf8)
        }
        return world
    }

    private func run(_ inspection: some Inspection, catalogue: String? = nil) -> Run {
        Run(inspection, on: LogSource(directory: log, catalogue: catalogue))
    }

    /// Holds that a command refused, said so in words that name the path, and changed no byte.
    private func expectRefusal(
        _ name: String, _ target: String, canReadLog: Bool = false, _ body: () throws -> Run
    ) throws {
        let before = try world()
        let run = try body()
        #expect(try world() == before, "\(name) changed something when told to write to \(target)")
        let said = run.complaints.joined(separator: "\n")
        #expect(said.contains(root), "\(name) \(target): \(said)")
        #expect(
            run.status == .failure || (canReadLog && said.hasSuffix("The log was read instead.")),
            "\(name) \(target): \(run.status) \(said)")
    }

    @Test("No command that uses a catalogue opens or replaces a file that is not this log's catalogue")
    func catalogues() throws {
        let targets = [
            "log/00000001-00000000000000000001.seg", "log/new", "log/LOCK", "log/quarantine/new", "to-log/new",
            "folder/../log/new", "other/new", "notes.txt", "app.sqlite", "plain.sqlite", "other.catalogue",
            "segment.bak",
            "to-segment", "to-notes", "to-app", "to-nothing", "to-new-in-log", "hard-segment", "hard-catalogue", "pipe",
            "folder", "readonly.txt", "beside-wal.catalogue", "beside-shm.catalogue", "beside-journal.catalogue",
        ]
        for target in targets {
            let path = "\(root)/\(target)"
            try expectRefusal("sql", target) { run(SQLInspection("SELECT 1"), catalogue: path) }
            try expectRefusal("rebuild", target) { run(RebuildInspection(), catalogue: path) }
            var check = RebuildInspection()
            check.checks = true
            // A missing file has nothing that could be checked; another log's catalogue is read, and differs.
            if target != "other.catalogue" { try expectRefusal("check", target) { run(check, catalogue: path) } }
            guard access(path, F_OK) == 0 else { continue }
            try expectRefusal("list", target, canReadLog: true) { run(ListInspection(), catalogue: path) }
        }
    }

    @Test("A catalogue is made where nothing stands or an empty file, and found behind a link")
    func ownCatalogues() throws {
        try put([], "empty")
        symlink("\(root)/mine.catalogue", "\(root)/to-mine")
        unlink("\(root)/hard-catalogue")
        for target in ["new.catalogue", "empty", "to-mine", "mine.catalogue"] {
            let path = "\(root)/\(target)"
            #expect(run(SQLInspection("SELECT 1"), catalogue: path).status == .clean, "\(target)")
            #expect(run(RebuildInspection(), catalogue: path).status == .clean, "\(target)")
        }
        var status = stat()
        lstat("\(root)/to-mine", &status)
        #expect(status.st_mode & S_IFMT == S_IFLNK, "the link was replaced")
    }

    /// Each command that writes a document.
    private func documents(_ path: String, replacing: Bool) throws -> [(String, any Inspection)] {
        let destination = Destination(path: path, replaces: replacing)
        var commands: [(String, any Inspection)] = []
        for format in ExportInspection.Format.allCases {
            var export = ExportInspection(format, try EventFilter())
            export.instances = ["order-42"]
            export.destination = destination
            commands.append((format.rawValue, export))
        }
        commands.append(("bundle", BundleInspection(of: "order-42", to: destination)))
        commands.append(("report", ReportInspection(of: nil, to: destination)))
        return commands
    }

    @Test("No command that writes a document replaces a file of a log, a database, or anything that is not a file")
    func documents() throws {
        let forbidden = [
            "log/00000001-00000000000000000001.seg", "log/new", "log/quarantine/new", "to-log/new", "folder/../log/new",
            "other/new", "app.sqlite", "plain.sqlite", "other.catalogue", "mine.catalogue", "segment.bak", "to-segment",
            "to-app", "to-nothing", "to-new-in-log", "hard-segment", "pipe", "folder", "readonly.txt",
        ]
        for target in forbidden {
            for (name, command) in try documents("\(root)/\(target)", replacing: true) {
                try expectRefusal("\(name) --force", target) { Run(command, on: LogSource(directory: log)) }
            }
        }
        for target in forbidden + ["notes.txt", "to-notes"] {
            for (name, command) in try documents("\(root)/\(target)", replacing: false) {
                try expectRefusal(name, target) { Run(command, on: LogSource(directory: log)) }
            }
        }
        for (name, command) in try documents("\(root)/to-notes", replacing: true) where name == "ndjson" {
            #expect(Run(command, on: LogSource(directory: log)).status == .clean)
            #expect(try contents("\(root)/notes.txt").first == UInt8(ascii: "{"))
        }
    }

    @Test("A case bundle is not replaced by what is made of it")
    func bundleSource() throws {
        let path = "\(root)/order-42.sayiir-case"
        #expect(run(BundleInspection(of: "order-42", to: Destination(path: path))).status == .clean)
        let report = ReportInspection(of: nil, to: Destination(path: path, replaces: true))
        try expectRefusal("report", path) { Run(report, on: LogSource(directory: path)) }
    }

    @Test("No command that makes a directory or writes into one takes a log's, or one that holds something")
    func directories() throws {
        let targets = [
            "log", "log/", "log/.", "log/sub", "log/quarantine", "to-log", "to-log/sub", "folder/../log", "other",
            "other/sub", "notes.txt", "to-nothing", "pipe", "hard-segment", "readonly.txt",
        ]
        for target in targets {
            let path = "\(root)/\(target)"
            try expectRefusal("salvage", target) { run(SalvageInspection(to: path)) }
            try expectRefusal("bench-disk", target) { Run(DiskBenchmark(), on: LogSource(directory: path)) }
        }
        try expectRefusal("salvage", "folder") { run(SalvageInspection(to: "\(root)/folder")) }
    }

    @Test("migrate refuses a directory that is not its own before it connects to the database")
    func migration() async throws {
        let address = StoreAddress(url: "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1", schema: "sayiir")
        for target in ["log", "to-log", "log/sub", "other/sub", "folder", "notes.txt", "pipe", "to-nothing"] {
            let before = try world()
            var complaints: [String] = []
            let console = Console(output: Output { _ in }, style: Style()) { complaints.append($0) }
            let status = await Migration(.fromPostgres, address).perform(
                on: LogSource(directory: "\(root)/\(target)"), console)
            #expect(status == .failure && complaints.first?.hasPrefix("'\(root)") == true, "\(target): \(complaints)")
            #expect(try world() == before)
        }
    }

    @Test("Every source file of the program that creates, renames or removes a file asks whether it may")
    func sources() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
        let writing = [
            ".readWriteCreating", ".rename(", "ystem.remove(", "iles.remove(", "createDirectory(", "SalvageCopy(to:",
            "toDirectory(",
            "DatabaseQueue(path:",
        ]
        // The catalogue's own files, which are named by those that ask: see Catalogue+Target.swift.
        let named = ["Catalogue.swift", "CatalogueFile.swift"]
        for folder in ["SayiirInspection", "SayiirCatalogue", "sayiir-inspect"] {
            let base = sources.appendingPathComponent(folder).path
            for file in try FileManager.default.subpathsOfDirectory(atPath: base) where file.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(base)/\(file)", encoding: .utf8)
                guard writing.contains(where: text.contains) else { continue }
                let name = file.split(separator: "/").last.map(String.init) ?? file
                #expect(text.contains("WriteTarget(") || named.contains(name), "\(file) writes and does not ask")
            }
        }
    }
}
