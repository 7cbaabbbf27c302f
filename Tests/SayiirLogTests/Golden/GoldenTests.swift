import Foundation
import SayiirTesting
import Testing

@testable import SayiirLog

/// The files of format version 1, as they were when the version was frozen. They must be read for ever.
///
/// `SAYIIR_WRITE_GOLDEN=1` writes them again, for a new version only.
@Suite struct GoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "v1")

    /// Two segments with every kind of frame: plain, masked, LZ4, promises, a seal, and several keys and kinds.
    private static func write() throws -> InMemoryFileSystem {
        var log = try TestLog(options: testOptions(segmentBytes: 8192))
        var first = RecordBatch()
        try first.append(kind: .definition, key: "a hash", timestamp: 1, payload: Array("definition".utf8))
        try first.append(kind: .event, key: "order-1", timestamp: 2, payload: Array("submitted".utf8))
        _ = try log.journal.commit([first])
        try log.commit([UInt8](repeating: 0, count: 1000), key: "zeros")
        try log.journal.promise()
        let lines = (0..<40).map { Array("{\"order\":\($0),\"status\":\"charged\"}".utf8) }
        _ = try log.journal.commit([batch(lines, key: "ünïcode"), batch([[255]], key: "")])
        _ = try log.commit(noise(2500), key: "rolls over")
        try log.journal.promise()
        return log.disk
    }

    @Test("the golden files of version 1 are read as they were written")
    func read() throws {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "log")
        if ProcessInfo.processInfo.environment["SAYIIR_WRITE_GOLDEN"] == "1" {
            let written = try Self.write()
            for path in written.files where path.hasSuffix(".seg") {
                let target = Self.folder.appending(path: String(path.dropFirst(4)))
                try Data(try written.bytes(of: path)).write(to: target)
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".seg")
        }
        #expect(names.count == 2)
        for name in names {
            try disk.setBytes([UInt8](Data(contentsOf: Self.folder.appending(path: name))), of: "log/\(name)")
        }
        var records: [LogRecord] = []
        let assessment = try LogScan(directory: "log", fileSystem: disk).run { records += $0.records }.assessment
        #expect(assessment.verdict == .clean)
        #expect(assessment.frameCount == 9)
        // Computed from the records by another program (Python's hashlib), as docs/FORMAT.md describes the chain.
        #expect(
            "\(try #require(assessment.head))" == "63eb55bf977cb4b30992e206a18887a48b2bf9114696fc0cb7cd76da5829da64")
        #expect(records.map(\.sequence) == Array(1...45))
        #expect(records[0].kind == .definition && records[0].key == "a hash" && records[0].timestamp == 1)
        #expect(records[1].kind == .event && records[1].payload == Array("submitted".utf8)[...])
        #expect(records[2].key == "zeros" && records[2].payload == [UInt8](repeating: 0, count: 1000)[...])
        #expect(
            records[3].key == "ünïcode"
                && records[42].payload == Array("{\"order\":39,\"status\":\"charged\"}".utf8)[...])
        #expect(records[43].key.isEmpty && records[43].payload == [255])
        #expect(records[44].key == "rolls over" && records[44].payload == noise(2500)[...])
    }

    @Test("writing the same records today gives the golden files byte for byte, but for what LZ4 chose")
    func writtenAgain() throws {
        let disk = try Self.write()
        for path in disk.files where path.hasSuffix(".seg") {
            let golden = [UInt8](try Data(contentsOf: Self.folder.appending(path: String(path.dropFirst(4)))))
            let today = try disk.bytes(of: path)
            #expect(today.count == golden.count)
            // Another version of liblz4 may compress the third commit differently, and shift what follows it.
            let end = path.contains("00000001-") ? try firstCompressed(golden) : golden.count
            #expect(today[..<end] == golden[..<end], "\(path)")
        }
    }

    @Test("a golden log is opened for writing and goes on")
    func goesOn() throws {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "log")
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path) where name.hasSuffix(".seg") {
            try disk.setBytes([UInt8](Data(contentsOf: Self.folder.appending(path: name))), of: "log/\(name)")
        }
        var log = try TestLog(on: disk)
        #expect(try log.commit([1]).firstSequence == 46)
        #expect(try Reading(disk).payloads.count == 46)
    }

    /// The offset of the first frame that is compressed.
    private func firstCompressed(_ segment: [UInt8]) throws -> Int {
        let disk = InMemoryFileSystem()
        try disk.createDirectory(at: "log")
        try disk.setBytes(segment, of: firstSegment)
        var offset: Int?
        _ = try LogScan(directory: "log", fileSystem: disk).run { if $0.codec == .lz4 { offset = offset ?? $0.offset } }
        return try #require(offset)
    }
}
