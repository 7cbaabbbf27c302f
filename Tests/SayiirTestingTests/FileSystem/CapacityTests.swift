import Foundation
import SayiirLog
import SayiirTesting
import Testing

@Suite("A full simulated disk")
struct CapacityTests {
    @Test("takes a write up to the sector where the room ends, and refuses the next with ENOSPC")
    func shortThenFull() throws {
        let disk = InMemoryFileSystem(capacity: 1024)
        let file = try disk.open("f", as: .readWriteCreating)
        #expect(try file.write(block(1, 2000), at: 100) == 924)
        #expect(throws: FileSystemError(operation: "write", path: "f", code: ENOSPC)) {
            try file.write([1], at: 1024)
        }
    }

    @Test("still takes what replaces something written before, but not what fills a hole")
    func replacing() throws {
        let disk = InMemoryFileSystem(capacity: 1024)
        let file = try disk.open("f", as: .readWriteCreating)
        try file.write(block(1, 512), at: 0)
        try file.resize(to: 4096)
        try file.write(block(1, 512), at: 2048)
        #expect(try file.write(block(2, 512), at: 0) == 512)
        #expect(throws: FileSystemError.self) { try file.write([1], at: 1024) }
        #expect(try file.read(1, at: 1024) == [0])
    }

    @Test("has room again when a file is removed and closed, or when it gets more")
    func roomReturns() throws {
        let disk = InMemoryFileSystem(capacity: 512)
        var old: (any File)? = try disk.open("old", as: .readWriteCreating)
        try old?.write(block(1, 512), at: 0)
        let file = try disk.open("new", as: .readWriteCreating)
        #expect(throws: FileSystemError.self) { try file.write([1], at: 0) }
        try disk.remove("old")
        #expect(throws: FileSystemError.self) { try file.write([1], at: 0) }
        old = nil
        #expect(try file.write([1], at: 0) == 1)
        disk.capacity = 1024
        #expect(try file.write([1], at: 512) == 1)
    }
}
