internal import SayiirLog

/// Where a document goes: to the output, or into a file that is there, whole, once all of it was written.
package struct Destination: Sendable {
    /// The file; `nil` for the output.
    package var path: String?
    /// Whether a file that exists is replaced.
    package var replaces: Bool

    /// Names a destination.
    package init(path: String? = nil, replaces: Bool = false) {
        self.path = path
        self.replaces = replaces
    }

    /// Has `body` write the document. A file is written under another name, and gets its own at the end; if anything fails, there is
    /// none, and what was there before stays.
    ///
    /// - Returns: How many bytes the file has; `nil` if it is none.
    func write(on log: LogSource, _ console: Console, _ body: (Output) throws -> Void) throws -> UInt64? {
        guard let path else {
            try body(console.output)
            return nil
        }
        let target = try WriteTarget(protecting: log.readPaths, fileSystem: log.fileSystem)
            .approve(path, for: .document(replacing: replaces))
        // Another name each time: what stands under a name that can be guessed may be somebody's.
        let partial = "\(target).\(UInt64.random(in: 0 ... .max)).partial"
        let file: any File
        do {
            file = try log.fileSystem.open(partial, as: .readWriteCreating)
            try file.resize(to: 0)
        } catch {
            throw InspectionError(
                "'\(safe(path))' cannot be written: \(error). Give a file in a directory that exists.")
        }
        do {
            var end: Int64 = 0
            let output = Output { bytes in
                try file.writeFully(bytes, at: end)
                end += Int64(bytes.count)
            }
            try body(output)
            try output.flush()
            try file.synchronize()
            try log.fileSystem.rename(partial, to: target)
            return UInt64(clamping: end)
        } catch {
            try? log.fileSystem.remove(partial)
            guard let error = error as? FileSystemError else { throw error }
            throw InspectionError(
                "'\(safe(path))' cannot be written: \(error). Give a file on a disk with room for it.")
        }
    }
}
