import Foundation
import Testing

/// What the fuzzer was given and what it found, run through what it fuzzes.
@Suite("The fuzzer's corpus")
struct CorpusTests {
    static let folder = URL(filePath: #filePath).appending(path: "../../../Fuzzing/Corpus").standardized

    @Test("nothing in the corpus breaks its target", arguments: FuzzTarget.all.map(\.name))
    func replay(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        for file in try files(of: name) {
            let bytes = try Data(contentsOf: file)
            #expect(throws: Never.self, "Fuzzing/Corpus/\(name)/\(file.lastPathComponent)") {
                try bytes.withUnsafeBytes { try target.run($0) }
            }
        }
    }

    @Test("every target has its seeds and finds of the fuzzer in the corpus", arguments: FuzzTarget.all.map(\.name))
    func corpusIsThere(name: String) throws {
        let files = try files(of: name)
        let seeds = try #require(Seeds.all[name])
        #expect(Set(seeds.keys).subtracting(files.map(\.lastPathComponent)).isEmpty)
        #expect(files.count >= seeds.count + 10)
    }

    @Test("every folder of the corpus belongs to a target, and every target has a folder")
    func foldersAreTargets() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }

    @Test("the seeds are written anew, if asked for", .enabled(if: isAsked("SAYIIR_WRITE_SEEDS")))
    func writeSeeds() throws {
        for (target, seeds) in try Seeds.all {
            let folder = Self.folder.appending(path: target)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, bytes) in seeds { try Data(bytes).write(to: folder.appending(path: name)) }
        }
    }

    private static func isAsked(_ name: String) -> Bool { ProcessInfo.processInfo.environment[name] == "1" }

    private func files(of target: String) throws -> [URL] {
        let folder = Self.folder.appending(path: target)
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    }
}
