import Foundation
import SayiirLog
import SayiirTesting
import Testing

@Suite("A scripted fault")
struct FaultTests {
    private func disk(holding bytes: [UInt8] = []) throws -> (InMemoryFileSystem, any File) {
        let disk = InMemoryFileSystem()
        try disk.setBytes(bytes, of: "log/f")
        return (disk, try disk.open("log/f", as: .readWrite))
    }

    @Test("strikes the n-th call of its kind and no other")
    func nth() throws {
        let (disk, file) = try disk()
        disk.inject(Fault(.synchronize, .nth(3), .fail(EIO)))
        let outcomes = (1...5).map { _ in
            Result { () throws(FileSystemError) in try file.synchronize() }.failureCode
        }
        #expect(outcomes == [nil, nil, EIO, nil, nil])
    }

    @Test("strikes only the files it names, and says which in its error")
    func paths() throws {
        let (disk, file) = try disk()
        try disk.setBytes([], of: "log/other")
        let other = try disk.open("./log//other", as: .readWrite)
        disk.inject(Fault(.write, on: .suffix("/other"), .always, .fail(ENOSPC)))
        #expect(try file.write([1], at: 0) == 1)
        #expect(throws: FileSystemError(operation: "write", path: "log/other", code: ENOSPC)) {
            try other.write([1], at: 0)
        }
    }

    @Test("can cut reads and writes short")
    func shortTransfers() throws {
        let (disk, file) = try disk()
        disk.inject(Fault(.write, .nth(1), .transfer(atMost: 3)))
        disk.inject(Fault(.read, .nth(1), .transfer(atMost: 2)))
        #expect(try file.write([1, 2, 3, 4], at: 0) == 3)
        #expect(try file.read(4, at: 0) == [1, 2])
        #expect(try file.read(4, at: 0) == [1, 2, 3])
    }

    @Test("can fail a write of which a part went through")
    func partialWrite() throws {
        let (disk, file) = try disk()
        disk.inject(Fault(.write, .nth(1), .fail(EIO, afterTransferring: 2)))
        #expect(throws: FileSystemError.self) { try file.write([1, 2, 3], at: 0) }
        #expect(try disk.bytes(of: "log/f") == [1, 2])
    }

    @Test(
        "in a sync leaves the data shown, not durable, and no longer due: the next sync succeeds without it")
    func failedSync() throws {
        let (disk, file) = try disk(holding: block(0, 1024))
        try file.write(block(1, 512), at: 0)
        disk.inject(Fault(.synchronize, .nth(1), .fail(EIO)))
        #expect(throws: FileSystemError.self) { try file.synchronize() }
        try file.write(block(2, 512), at: 512)
        try file.synchronize()
        #expect(try disk.bytes(of: "log/f") == block(1, 512) + block(2, 512))
        #expect(try disk.synchronizedBytes(of: "log/f") == block(0, 512) + block(2, 512))
        #expect(try disk.crash(keeping: .everything).bytes(of: "log/f") == block(1, 512) + block(2, 512))
        try file.write(block(1, 512), at: 0)
        try file.synchronize()
        #expect(try disk.synchronizedBytes(of: "log/f") == block(1, 512) + block(2, 512))
    }

    @Test("can stop the machine: that call and all later ones fail, and nothing more becomes durable")
    func halt() throws {
        let (disk, file) = try disk(holding: [0])
        disk.inject(Fault(.synchronize, .nth(2), .halt))
        try file.write([1], at: 0)
        try file.synchronize()
        try file.write([2], at: 0)
        #expect(throws: FileSystemError.self) { try file.synchronize() }
        #expect(throws: FileSystemError.self) { try file.write([3], at: 0) }
        #expect(throws: FileSystemError.self) { try disk.entries(ofDirectory: "log") }
        #expect(try disk.crash(keeping: .nothing).bytes(of: "log/f") == [1])
        #expect(try disk.crash(keeping: .everything).bytes(of: "log/f") == [2])
        disk.removeFaults()
        #expect(try file.read(1, at: 0) == [2])
    }

    @Test("of every kind can be told from its error", arguments: FileOperation.allCases)
    func everyOperation(operation: FileOperation) throws {
        let (disk, file) = try disk(holding: [1])
        disk.inject(Fault(operation, .always, .fail(EACCES)))
        let calls: [FileOperation: () throws -> Void] = [
            .createDirectory: { try disk.createDirectory(at: "log/new") },
            .list: { _ = try disk.entries(ofDirectory: "log") },
            .open: { _ = try disk.open("log/f", as: .read) },
            .rename: { try disk.rename("log/f", to: "log/g") },
            .remove: { try disk.remove("log/f") },
            .synchronizeDirectory: { try disk.synchronizeDirectory(at: "log") },
            .size: { _ = try file.size() },
            .read: { _ = try file.read(1, at: 0) },
            .write: { try file.write([2], at: 0) },
            .synchronize: { try file.synchronize() },
            .resize: { try file.resize(to: 0) },
            .lock: { _ = try file.tryLock() },
        ]
        let call = try #require(calls[operation])
        let error = #expect(throws: FileSystemError.self) { try call() }
        #expect(error?.operation == operation.rawValue)
        #expect(error?.code == EACCES)
        #expect(try disk.bytes(of: "log/f") == [1])
        #expect(disk.counts()[operation] >= 1)
    }
}

extension Result where Failure == FileSystemError {
    fileprivate var failureCode: Int32? {
        guard case .failure(let error) = self else { return nil }
        return error.code
    }
}
