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
}
