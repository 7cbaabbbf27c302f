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

    @Test("stops the machine also at a call that fails by itself")
    func haltAtFailure() throws {
        let (disk, _) = try disk()
        disk.inject(.anyCall(.nth(1), .halt))
        #expect(throws: FileSystemError.self) { try disk.entries(ofDirectory: "missing") }
        #expect(throws: FileSystemError.self) { try disk.entries(ofDirectory: "log") }
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

    @Test("can make a sync lie: what it claims is shown and not durable, until an honest sync of the same file")
    func lyingSync() throws {
        let (disk, file) = try disk(holding: block(0, 1024))
        disk.inject(Fault(.synchronize, .nth(1), .lie))
        try file.write(block(1, 512), at: 0)
        try file.synchronize()
        #expect(try disk.bytes(of: "log/f") == block(1, 512) + block(0, 512))
        #expect(try disk.synchronizedBytes(of: "log/f") == block(0, 1024))
        #expect(try disk.crash(keeping: .nothing).bytes(of: "log/f") == block(0, 1024))
        #expect(try disk.crash(keeping: .everything).bytes(of: "log/f") == block(1, 512) + block(0, 512))
        try file.write(block(2, 512), at: 512)
        try file.synchronize()
        #expect(try disk.synchronizedBytes(of: "log/f") == block(1, 512) + block(2, 512))
    }

    @Test("can make a directory's sync lie: the names are shown and not durable until an honest one")
    func lyingDirectorySync() throws {
        let (disk, _) = try disk()
        disk.inject(Fault(.synchronizeDirectory, .nth(2), .lie))
        _ = try disk.open("log/new", as: .readWriteCreating)
        #expect(throws: FileSystemError.self) { try disk.synchronizeDirectory(at: "missing") }
        try disk.synchronizeDirectory(at: "log")
        #expect(disk.files == ["log/f", "log/new"])
        #expect(disk.crash(keeping: .nothing).files == ["log/f"])
        try disk.synchronizeDirectory(at: "log")
        #expect(disk.crash(keeping: .nothing).files == ["log/f", "log/new"])
    }

    @Test("can misdirect a write: it reports success, and its bytes stand elsewhere in the file")
    func misdirectedWrite() throws {
        let (disk, file) = try disk(holding: block(7, 8))
        disk.inject(Fault(.write, .nth(1), .misdirect(by: 3)))
        disk.inject(Fault(.write, .nth(2), .misdirect(by: -2)))
        #expect(try file.write([1, 2], at: 1) == 2)
        #expect(try disk.bytes(of: "log/f") == [7, 7, 7, 7, 1, 2, 7, 7])
        #expect(try file.write([3, 4], at: 2) == 2)
        #expect(try disk.bytes(of: "log/f") == [3, 4, 7, 7, 1, 2, 7, 7])
        #expect(try file.write([5], at: 2) == 1)
        #expect(try disk.bytes(of: "log/f") == [3, 4, 5, 7, 1, 2, 7, 7])
    }

    @Test("can lose a write whose bytes would land outside of any file", arguments: [-9, .min, .max])
    func lostWrite(distance: Int) throws {
        let (disk, file) = try disk(holding: block(7, 8))
        disk.inject(Fault(.write, .always, .misdirect(by: distance)))
        #expect(try file.write([1, 2], at: 4) == 2)
        #expect(try disk.bytes(of: "log/f") == block(7, 8))
        #expect(disk.counts()[.write] == 1 && disk.counts().bytesWritten == 2)
    }

    @Test("leaves alone the calls that its effect does not concern")
    func otherCalls() throws {
        for effect in [Fault.Effect.lie, .misdirect(by: 5), .transfer(atMost: 0)] {
            let (disk, file) = try disk(holding: [1])
            disk.inject(.anyCall(.always, effect))
            #expect(try file.size() == 1)
            try file.resize(to: 2)
            try disk.rename("log/f", to: "log/g")
            #expect(disk.files == ["log/g"])
        }
    }

    @Test("can strike the n-th call of any kind whatever, all kinds counted together")
    func nthOfAny() throws {
        for number in 1...4 {
            let (disk, _) = try disk(holding: [1])
            disk.inject(.anyCall(.nth(number), .fail(EIO)))
            let calls: [() throws -> Void] = [
                { _ = try disk.entries(ofDirectory: "log") }, { _ = try disk.open("log/f", as: .read) },
                { try disk.synchronizeDirectory(at: "log") }, { try disk.rename("log/f", to: "log/g") },
            ]
            let hasFailed = calls.map { call in (try? call()) == nil }
            #expect(hasFailed.firstIndex(of: true) == number - 1 && hasFailed.count(where: \.self) == 1)
        }
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
