import Foundation
import SayiirLog
import SayiirTesting
import TestPrograms
import Testing

@testable import SayiirInspection

@Suite struct SampleTests {
    /// To look at the commands as a person: SAYIIR_SAMPLE=DIR scripts/test --filter SampleTests
    @Test("the samples are clean logs; they are left behind where the environment names a directory for them")
    func sample() async throws {
        let directory = try TemporaryDirectory()
        let path = ProcessInfo.processInfo.environment["SAYIIR_SAMPLE"] ?? "\(directory.path)/log"
        try await writeLog(History.sample.events, to: path, on: LocalFileSystem())
        try await DefinitionSample.write(to: "\(path)-graph", on: LocalFileSystem())
        try FileManager.default.createDirectory(atPath: "\(path)-tour", withIntermediateDirectories: true)
        let tour = try await TourLog.disk()
        for file in tour.files {
            let url = URL(fileURLWithPath: "\(path)-tour/\(file.dropFirst("log/".count))")
            try Data(tour.bytes(of: file)).write(to: url)
        }
        #expect(try LogReader(directory: "\(path)-tour").verify().verdict == .clean)
        #expect(try LogReader(directory: path).verify().verdict == .clean)
        #expect(try LogReader(directory: "\(path)-graph").verify().verdict == .clean)
    }
}
