import Foundation
import SayiirLog
import SayiirTesting
import Testing

/// Runs the same random calls on the simulated disk and on the machine's, and compares every answer.
@Suite("The simulated disk, beside the machine's own")
struct LocalEquivalenceTests {
    @Test("answers every call as the operating system does", arguments: 1...12 as ClosedRange<UInt64>)
    func sameAnswers(seed: UInt64) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sayiir-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let local = Actor(LocalFileSystem(), root: directory.path())
        let simulated = Actor(InMemoryFileSystem(), root: "disk")
        for command in Command.random(count: 400, seed: seed) {
            let expected = local.answer(to: command)
            let actual = simulated.answer(to: command)
            #expect(actual == expected, "\(command)")
        }
    }

    enum Command {
        case open(String, OpenMode)
        case close
        case write(Int, at: Int64)
        case read(Int, at: Int64)
        case resize(Int64)
        case size, synchronize, tryLock, isLockedElsewhere
        case rename(String, String)
        case remove(String)
        case list(String)
        case createDirectory(String)
        case synchronizeDirectory(String)

        static func random(count: Int, seed: UInt64) -> [Command] {
            var generator = SplitMix64(seed: seed)
            func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
            func name() -> String {
                ["a", "b", "c", "d/a", "d/b", "d/e/a", "none/x", "a/x", "./b"][number(9)]
            }
            func mode() -> OpenMode {
                [.read, .readWrite, .readWriteCreating, .readWriteCreating][number(4)]
            }
            func offset() -> Int64 { Int64(number(40) == 0 ? -1 : number(3000)) }
            return [.createDirectory("")]
                + (0..<count).map { _ in
                    switch number(28) {
                    case 0..<5: .open(name(), mode())
                    case 5: .close
                    case 6..<12: .write(number(1500), at: offset())
                    case 12..<16: .read(number(2000), at: offset())
                    case 16: .resize(offset())
                    case 17: .size
                    case 18: .synchronize
                    case 19: .tryLock
                    case 20: .isLockedElsewhere
                    case 21, 22: .rename(name(), name())
                    case 23, 24: .remove(name())
                    case 25: .list(["", "d", "d/e", "a"][number(4)])
                    case 26: .createDirectory(["d", "d/e", ""][number(3)])
                    default: .synchronizeDirectory(["", "d", "none"][number(3)])
                    }
                }
        }
    }

    /// One file system with up to three open files, used in turn.
    final class Actor {
        private let system: any FileSystem
        private let root: String
        private var open: [any File] = []

        init(_ system: any FileSystem, root: String) {
            self.system = system
            self.root = root
        }

        private var file: any File {
            get throws {
                struct NothingOpen: Error {}
                guard let file = open.last else { throw NothingOpen() }
                return file
            }
        }

        func answer(to command: Command) -> String {
            do {
                return try perform(command)
            } catch let error as FileSystemError {
                return "\(error.operation) failed with \(error.code)"
            } catch {
                return "nothing open"
            }
        }

        private func perform(_ command: Command) throws -> String {
            switch command {
            case .open(let name, let mode):
                if open.count == 3 { open.removeFirst() }
                open.append(try system.open("\(root)/\(name)", as: mode))
                return "open"
            case .close:
                if !open.isEmpty { open.removeFirst() }
                return "closed"
            case .write(let count, let offset):
                return "\(try file.write(block(UInt8(truncatingIfNeeded: count), count), at: offset))"
            case .read(let count, let offset): return "\(try file.read(count, at: offset).runs)"
            case .resize(let size):
                try file.resize(to: size)
                return "resized"
            case .size: return "\(try file.size())"
            case .synchronize:
                try file.synchronize()
                return "synchronized"
            case .tryLock: return "\(try file.tryLock())"
            case .isLockedElsewhere: return "\(try file.isLockedElsewhere())"
            case .rename(let old, let new):
                try system.rename("\(root)/\(old)", to: "\(root)/\(new)")
                return "renamed"
            case .remove(let name):
                try system.remove("\(root)/\(name)")
                return "removed"
            case .list(let name): return "\(try system.entries(ofDirectory: "\(root)/\(name)").sorted())"
            case .createDirectory(let name):
                try system.createDirectory(at: "\(root)/\(name)")
                return "created"
            case .synchronizeDirectory(let name):
                try system.synchronizeDirectory(at: "\(root)/\(name)")
                return "synchronized"
            }
        }
    }
}

extension [UInt8] {
    /// The bytes as pairs of a value and how often it comes in a row.
    fileprivate var runs: [[Int]] {
        reduce(into: []) { runs, byte in
            if runs.last?.first == Int(byte) {
                runs[runs.count - 1][1] += 1
            } else {
                runs.append([Int(byte), 1])
            }
        }
    }
}
