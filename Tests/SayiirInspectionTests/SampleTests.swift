import Foundation
import SayiirLog
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct SampleTests {
    /// To look at the commands as a person: SAYIIR_SAMPLE=DIR scripts/test --filter SampleTests
    @Test("the sample is a clean log; it is left behind where the environment names a directory for it")
    func sample() async throws {
        let directory = try TemporaryDirectory()
        let path = ProcessInfo.processInfo.environment["SAYIIR_SAMPLE"] ?? "\(directory.path)/log"
        try await writeLog(History.sample.events, to: path, on: LocalFileSystem())
        try await DefinitionSample.write(to: "\(path)-graph", on: LocalFileSystem())
        #expect(try LogReader(directory: path).verify().verdict == .clean)
        #expect(try LogReader(directory: "\(path)-graph").verify().verdict == .clean)
    }
}
