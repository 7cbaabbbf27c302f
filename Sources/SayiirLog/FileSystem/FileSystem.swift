/// The one door to the operating system: everything that the log does to a disk goes through this.
///
/// Production uses ``LocalFileSystem``; tests put a simulated disk here. Paths are plain text with `/` between
/// components. Calls block; the log makes them from threads of its own, never from Swift's cooperative pool.
/// None of them retries: a short count or an error is the caller's to handle.
public protocol FileSystem: Sendable {
    /// Creates a directory and whatever is missing above it; does nothing if it exists.
    func createDirectory(at path: String) throws(FileSystemError)

    /// The names in a directory, in no particular order.
    func entries(ofDirectory path: String) throws(FileSystemError) -> [String]

    /// Opens a file.
    func open(_ path: String, as mode: OpenMode) throws(FileSystemError) -> any File

    /// Gives a file another name, atomically, replacing what had it. Durable after ``synchronizeDirectory(at:)``.
    func rename(_ path: String, to newPath: String) throws(FileSystemError)

    /// Removes a file. Durable after ``synchronizeDirectory(at:)``.
    func remove(_ path: String) throws(FileSystemError)

    /// Makes the names in a directory durable: files created, renamed or removed in it.
    func synchronizeDirectory(at path: String) throws(FileSystemError)

    /// Returns the same files, with one directory held open: paths in it lead into that very directory, even after it was moved or
    /// another one took its place. Returns the file system itself if it cannot hold directories, which is the default.
    func holding(directory path: String) throws(FileSystemError) -> any FileSystem

    /// A Boolean value that indicates whether the path of the directory that is held open still leads to it; true if none is held, which
    /// is the default. A path that cannot be followed for another reason than being gone counts as in place.
    var directoryIsInPlace: Bool { get }

    /// Returns the identity of the file that a path leads to; `nil` if the file system knows no identities, which is the default.
    func identity(of path: String) throws(FileSystemError) -> FileIdentity?

    /// Returns how many bytes new files in a directory can take; `nil` if the file system cannot tell, which is the default.
    func freeByteCount(ofDirectory path: String) throws(FileSystemError) -> Int64?
}

extension FileSystem {
    /// Holds nothing, and returns the file system itself.
    public func holding(directory path: String) throws(FileSystemError) -> any FileSystem { self }

    /// True: no directory is held.
    public var directoryIsInPlace: Bool { true }

    /// Knows no identities.
    public func identity(of path: String) throws(FileSystemError) -> FileIdentity? { nil }

    /// Cannot tell.
    public func freeByteCount(ofDirectory path: String) throws(FileSystemError) -> Int64? { nil }
}

/// The identity of a file, which stays the same under every name while the file exists.
public struct FileIdentity: Hashable, Sendable {
    /// The number of the device that holds the file.
    public var device: UInt64
    /// The file's number on the device.
    public var number: UInt64

    /// Describes a file by its device and its number there.
    public init(device: UInt64, number: UInt64) {
        self.device = device
        self.number = number
    }
}

/// How a file is opened.
public enum OpenMode: Sendable, Hashable {
    /// For reading; the file must exist.
    case read
    /// For reading and writing; the file must exist.
    case readWrite
    /// For reading and writing; created empty if missing, left as it is otherwise.
    case readWriteCreating
}

/// An open file. Closed when released.
public protocol File: AnyObject, Sendable {
    /// The file's length in bytes.
    func size() throws(FileSystemError) -> Int64

    /// Reads bytes at an offset into `buffer` and returns how many: fewer than asked for, or 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int

    /// Writes bytes at an offset, extending the file as needed, and returns how many: possibly fewer than given.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int

    /// Makes the content durable, and as much of the metadata as reading it back needs (`fdatasync`).
    func synchronize() throws(FileSystemError)

    /// Cuts the file, or extends it with zeros.
    func resize(to size: Int64) throws(FileSystemError)

    /// Takes the exclusive lock that belongs to this open file, without waiting. False if another open file has it.
    /// It ends with the process or when the file is released.
    func tryLock() throws(FileSystemError) -> Bool

    /// Whether another open file, in this process or another, holds the exclusive lock. Takes nothing.
    func isLockedElsewhere() throws(FileSystemError) -> Bool

    /// Returns the file's identity; `nil` if the file system knows no identities, which is the default.
    func identity() throws(FileSystemError) -> FileIdentity?

    /// Tells the file which path leads to it now, for the errors of later calls. Does nothing by default.
    func wasRenamed(to path: String)
}

extension File {
    /// Knows no identity.
    public func identity() throws(FileSystemError) -> FileIdentity? { nil }

    /// Does nothing.
    public func wasRenamed(to path: String) {}
}
