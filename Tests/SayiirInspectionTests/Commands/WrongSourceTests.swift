import SayiirEvents
import SayiirLog
import SayiirTesting
import TestPrograms
import Testing

@testable import SayiirInspection

/// What commands say of a source that is not theirs.
@Suite struct WrongSourceTests {
    @Test("A command that does not read case bundles says what it was given")
    func bundle() async throws {
        let disk = try await sampleDisk()
        #expect(Run(BundleInspection(of: "order-42", to: Destination(path: "case")), on: disk).status == .clean)
        let source = LogSource(directory: "case", fileSystem: disk)
        for inspection in [StatusInspection(), SpaceInspection(), TailInspection(try EventFilter())] as [any Inspection]
        {
            let run = Run(inspection, on: source)
            #expect(run.status == .failure)
            #expect(run.complaints.first?.hasPrefix("'case' is a case bundle") == true, "\(run.complaints)")
        }
    }

    @Test("The program says its version, completes ids, and refuses an empty URL")
    func program() async throws {
        let version = try Program.run("--version")
        #expect(
            version.status == 0 && version.output.hasPrefix("sayiir-inspect ") && version.output.contains("format 1"))
        let empty = try Program.run("list", "--postgres", "")
        #expect(empty.status == 1 && empty.errors.contains("Give a URL like postgresql://user@host/database."))
        let directory = try TemporaryDirectory()
        try await writeLog(History.sample.events, to: directory.path, on: LocalFileSystem())
        let words = ["sayiir-inspect", "show", directory.path, "order-4"]
        #expect(
            InstanceCompletion.ids(beginningWith: "order-4", in: words) == ["order-42", "order-43", "order-44"])
        #expect(InstanceCompletion.ids(beginningWith: "x", in: words) == [])
        #expect(InstanceCompletion.ids(beginningWith: "order", in: ["sayiir-inspect", "show", "/nowhere"]) == [])
        let csv = try Program.run(
            "sql", directory.path, "SELECT 'a,\"b\"' AS x, 1 AS y", "--csv", "--catalogue",
            directory.path + ".catalogue")
        #expect(csv.output == "x,y\r\n\"a,\"\"b\"\"\",1\r\n")
    }
}
