/// A segment's file, full of zeros and durable, that is not yet part of the log.
struct PreparedSegment: Sendable {
    var file: any File
    var size: Int

    /// Writes the file. It takes the place of one that an earlier attempt left.
    ///
    /// Real zeros: on a preallocated file the first write to each block still changes metadata, which a commit would pay for.
    static func prepare(
        size: Int, in directory: String, fileSystem: any FileSystem
    ) throws(FileSystemError) -> PreparedSegment {
        let path = "\(directory)/\(FileName.preparedSegment)"
        let file = try fileSystem.open(path, as: .readWriteCreating)
        do throws(FileSystemError) {
            try file.resize(to: 0)
            // Asked first: a disk that is almost full would be filled to its last byte, and others that write to it would fail, just to find
            // out that there is no room.
            if let free = try? fileSystem.freeByteCount(ofDirectory: directory), free < size {
                throw .noRoom(for: path)
            }
            let zeros = [UInt8](repeating: 0, count: min(size, 1024 * 1024))
            for offset in stride(from: 0, to: size, by: zeros.count) {
                let isLast = size - offset < zeros.count
                try file.writeFully(isLast ? Array(zeros.prefix(size - offset)) : zeros, at: Int64(offset))
            }
            try file.synchronize()
            return PreparedSegment(file: file, size: size)
        } catch {
            // Room taken by half a segment would keep others from theirs.
            try? fileSystem.remove(path)
            throw error
        }
    }

    /// Gives the file its header and its name, durably: it is the log's newest segment from here on.
    func activate(_ header: SegmentHeader, in directory: String, fileSystem: any FileSystem) throws(FileSystemError) {
        let path = "\(directory)/\(header.name)"
        try fileSystem.requireFree(path)
        try file.writeFully(header.encoded(), at: 0)
        try file.synchronize()
        try fileSystem.rename("\(directory)/\(FileName.preparedSegment)", to: path)
        file.wasRenamed(to: path)
        try fileSystem.synchronizeDirectory(at: directory)
    }
}
