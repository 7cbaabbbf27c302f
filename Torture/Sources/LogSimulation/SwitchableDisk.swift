import SayiirLog
import SayiirTesting

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file system in front of a disk that can be changed for what a crash left of it, as a network file system is for a reader
/// that outlives the server's crash: open files are found again by their paths.
///
// @unchecked: a simulation has one thread.
final class SwitchableDisk: FileSystem, @unchecked Sendable {
    var disk: InMemoryFileSystem

    init(_ disk: InMemoryFileSystem) { self.disk = disk }

    func createDirectory(at path: String) throws(FileSystemError) { try disk.createDirectory(at: path) }

    func entries(ofDirectory path: String) throws(FileSystemError) -> [String] {
        do throws(FileSystemError) {
            return try disk.entries(ofDirectory: path)
        } catch {
            // A reader is told of an archive before there is one.
            guard error.isMissingFile, path != SimulatedWriter.directory else { throw error }
            return []
        }
    }

    func open(_ path: String, as mode: OpenMode) throws(FileSystemError) -> any File {
        SwitchableFile(self, path, mode, try disk.open(path, as: mode))
    }

    func rename(_ path: String, to newPath: String) throws(FileSystemError) { try disk.rename(path, to: newPath) }

    func remove(_ path: String) throws(FileSystemError) { try disk.remove(path) }

    func synchronizeDirectory(at path: String) throws(FileSystemError) { try disk.synchronizeDirectory(at: path) }
}

/// A file that is opened again, by its path, on the disk that took the place of its own.
///
// @unchecked: a simulation has one thread.
private final class SwitchableFile: File, @unchecked Sendable {
    private let system: SwitchableDisk
    private let path: String
    private let mode: OpenMode
    private var file: any File
    private var disk: InMemoryFileSystem

    init(_ system: SwitchableDisk, _ path: String, _ mode: OpenMode, _ file: any File) {
        self.system = system
        self.path = path
        self.mode = mode
        self.file = file
        disk = system.disk
    }

    private func current() throws(FileSystemError) -> any File {
        if disk !== system.disk {
            do throws(FileSystemError) {
                file = try system.disk.open(path, as: mode)
                disk = system.disk
            } catch {
                throw FileSystemError(operation: "find again", path: path, code: ESTALE)
            }
        }
        return file
    }

    func size() throws(FileSystemError) -> Int64 { try current().size() }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        try current().read(into: buffer, at: offset)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
        try current().write(bytes, at: offset)
    }

    func synchronize() throws(FileSystemError) { try current().synchronize() }

    func resize(to size: Int64) throws(FileSystemError) { try current().resize(to: size) }

    func tryLock() throws(FileSystemError) -> Bool { try current().tryLock() }

    func isLockedElsewhere() throws(FileSystemError) -> Bool { try current().isLockedElsewhere() }
}
