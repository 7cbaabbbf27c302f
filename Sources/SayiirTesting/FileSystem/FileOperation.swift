/// The kinds of call that a file system takes.
public enum FileOperation: String, CaseIterable, Hashable, Sendable {
    /// Creating a directory and what is missing above it.
    case createDirectory = "create directory"
    /// Reading the names in a directory.
    case list = "list"
    /// Opening a file, and perhaps creating it.
    case open = "open"
    /// Giving a file another name.
    case rename = "rename"
    /// Removing a file.
    case remove = "remove"
    /// Making the names in a directory durable.
    case synchronizeDirectory = "synchronize directory"
    /// Asking for a file's length.
    case size = "examine"
    /// Reading from a file.
    case read = "read"
    /// Writing to a file.
    case write = "write"
    /// Making a file's content durable.
    case synchronize = "synchronize"
    /// Cutting or extending a file.
    case resize = "resize"
    /// Taking a file's lock, or asking who has it.
    case lock = "lock"

    /// The kinds that may change what is stored, or what a crash leaves of it.
    public static let changing: Set<FileOperation> = [
        .createDirectory, .open, .rename, .remove, .synchronizeDirectory, .write, .synchronize, .resize,
    ]
}
