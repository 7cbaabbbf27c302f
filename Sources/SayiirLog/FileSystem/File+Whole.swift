extension File {
    /// Reads until `buffer` is full or the file ends, and returns how many bytes there were.
    package func readFully(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int
    {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try read(into: rest, at: offset + Int64(done))
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Whether there is a byte that is not zero between two offsets, as far as the file reaches.
    func hasContent(from start: Int, to end: Int) throws(FileSystemError) -> Bool {
        let buffer = GrowingBuffer()
        buffer.reserve(min(max(0, end - start), 1024 * 1024))
        var offset = start
        while offset < end {
            let part = buffer.bytes(0, min(end - offset, 1024 * 1024))
            let count = try readFully(into: part, at: Int64(offset))
            if !UnsafeRawBufferPointer(part).part(0, count).isAllZero { return true }
            if count < part.count { return false }
            offset += count
        }
        return false
    }

    /// Writes all of `bytes`, going on after short writes.
    package func writeFully(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            done += try write(rest, at: offset + Int64(done))
        }
    }

    /// Writes all of `bytes`.
    package func writeFully(_ bytes: [UInt8], at offset: Int64) throws(FileSystemError) {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(FileSystemError) in try writeFully(buffer, at: offset) }
        }.get()
    }

    /// Reads `count` bytes, or fewer if the file ends before.
    package func readBytes(_ count: Int, at offset: Int64) throws(FileSystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(FileSystemError) in try readFully(into: buffer, at: offset) }
        }.get()
        bytes.removeLast(count - read)
        return bytes
    }
}
