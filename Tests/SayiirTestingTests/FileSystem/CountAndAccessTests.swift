import Foundation
import SayiirLog
import SayiirTesting
import Testing

@Suite("What a test sees and changes of the simulated disk")
struct CountAndAccessTests {
    @Test("the calls of each kind are counted, for all files and for some")
    func counts() throws {
        let disk = InMemoryFileSystem()
        let first = try disk.open("first", as: .readWriteCreating)
        let second = try disk.open("second", as: .readWriteCreating)
        let before = disk.counts()
        try first.write([1, 2, 3], at: 0)
        try first.synchronize()
        try second.write([4], at: 0)
        _ = try second.read(10, at: 0)
        let cost = disk.counts() - before
        #expect(cost[.write] == 2 && cost[.synchronize] == 1 && cost[.read] == 1 && cost[.open] == 0)
        #expect(cost.bytesWritten == 4 && cost.bytesRead == 1)
        let ofSecond = disk.counts(for: .exactly("./second"))
        #expect(ofSecond[.write] == 1 && ofSecond[.synchronize] == 0 && ofSecond[.open] == 1)
    }

    @Test("a stored byte can be read, set, flipped and cut away, under an open file's eyes")
    func directAccess() throws {
        let disk = InMemoryFileSystem()
        try disk.setBytes([0b1010, 2, 3], of: "log/f")
        let file = try disk.open("log/f", as: .read)
        try disk.flipBit(0, ofByteAt: 0, in: "log/f")
        try disk.truncate("log/f", to: 2)
        #expect(try file.read(10, at: 0) == [0b1011, 2])
        #expect(try disk.bytes(of: "log/f") == disk.synchronizedBytes(of: "log/f"))
        #expect(disk.files == ["log/f"])
        #expect(try disk.entries(ofDirectory: "log") == ["f"])
        #expect(throws: FileSystemError(operation: "write", path: "log/f", code: EINVAL)) {
            try disk.flipBit(0, ofByteAt: 2, in: "log/f")
        }
        #expect(throws: FileSystemError(operation: "read", path: "none", code: ENOENT)) {
            try disk.bytes(of: "none")
        }
    }

    @Test("an offset below zero or beyond what memory holds is refused, not trapped on")
    func absurdOffsets() throws {
        let disk = InMemoryFileSystem()
        let file = try disk.open("f", as: .readWriteCreating)
        for offset in [Int64.min, -1] {
            #expect(throws: FileSystemError(operation: "write", path: "f", code: EINVAL)) {
                try file.write([1], at: offset)
            }
        }
        for offset in [Int64.max, 1 << 32] {
            #expect(throws: FileSystemError(operation: "write", path: "f", code: EFBIG)) {
                try file.write([1], at: offset)
            }
            #expect(throws: FileSystemError.self) { try file.resize(to: offset + (offset == .max ? 0 : 1)) }
        }
        #expect(try file.read(1, at: .max) == [])
    }

    @Test("calls from many threads at once all take effect")
    func threads() async throws {
        let disk = InMemoryFileSystem()
        let file = try disk.open("f", as: .readWriteCreating)
        try await withThrowingTaskGroup { group in
            for writer in 0..<8 as Range<Int64> {
                group.addTask {
                    for index in 0..<100 as Range<Int64> {
                        try file.write(block(UInt8(writer + 1), 10), at: (writer * 100 + index) * 10)
                        if index % 10 == 0 { try file.synchronize() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(disk.counts()[.write] == 800)
        #expect(try disk.bytes(of: "f") == (1...8).flatMap { block(UInt8($0), 1000) })
    }
}
