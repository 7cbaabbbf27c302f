// Indirect, since an asynchronous function has room for each error that it may pass on, and errors are rare.
/// What can go wrong with a log. Each says what happened, where, and what to do next.
public indirect enum LogError: Error, Sendable, CustomStringConvertible {
    /// Another writer has the directory open.
    case locked(directory: String, holder: String)
    /// The directory holds something, and it is not a log.
    case notALog(directory: String, reason: String)
    /// What was in the log goes on in another store.
    case moved(directory: String, to: String)
    /// The log is damaged, or cannot be told from a damaged one; nothing was changed.
    case refused(Assessment)
    /// A file was written by a newer version of this library.
    case newerVersion(file: String, needed: UInt16, supported: UInt16)
    /// There is no room for the next segment. Nothing was written; the log stays usable, and an append made once there
    /// is room again succeeds.
    case noSpace(directory: String, neededBytes: Int, cause: FileSystemError)
    /// A file that was to be added to the log did not read back as it was written. It was not added.
    case notWritten(file: String, reason: String)
    /// Records that a reader had shown as not yet durable are gone: a crash of the writer's machine took them back. Read on:
    /// what comes next continues after sequence `after`.
    case takenBack(after: UInt64)
    /// A batch is larger than one commit can be.
    case batchTooLarge(byteCount: Int, limit: Int)
    /// A key is longer than 65,535 bytes.
    case keyTooLong(length: Int)
    /// The system failed while a commit was on its way to the disk. The records may or may not be found at the next
    /// opening. The writer takes no more; close it and open the log again.
    case outcomeUnknown(FileSystemError)
    /// A call to the operating system failed. Nothing was written.
    case fileSystem(FileSystemError)
    /// The directory, the lock file or the segment of a running writer is no longer where it was opened. The writer takes no more, and
    /// whether records that were appended during the last second will be found is unknown.
    case displaced(directory: String, reason: String)
    /// The archive of a retention policy belongs to another log, or is a log's directory. Nothing was moved or removed.
    case foreignArchive(archive: String, reason: String)
    /// The writer was closed.
    case closed

    /// The error in words.
    public var description: String {
        switch self {
        case .locked(let directory, let holder):
            """
            \(directory) is already open for writing by \(holder). A log has one writer: stop that process, or use \
            another directory.
            """
        case .notALog(let directory, let reason):
            "\(directory) is not a log: \(reason). Give the directory of a log, or a new or empty one."
        case .moved(let directory, let destination):
            """
            \(directory) was moved to \(destination), and what was in it goes on there: work with that store. The log can still be \
            read. To make it live again all the same, remove the file MOVED from it, and see to it that nothing goes on twice.
            """
        case .refused(let assessment):
            assessment.refusal
        case .newerVersion(let file, let needed, let supported):
            """
            \(file) needs a reader of format version \(needed), or of features that this one, of version \(supported), \
            does not know. Use a newer version of this program.
            """
        case .noSpace(let directory, let neededBytes, let cause):
            """
            There is no room for the next segment of \(directory) (\(neededBytes) bytes): \(cause). Nothing was \
            written. Free some space and try again.
            """
        case .notWritten(let file, let reason):
            "\(file) does not read back as it was written: \(reason). It was not made part of the log; check the disk."
        case .takenBack(let sequence):
            """
            The records after sequence \(sequence) that were shown as not yet durable are gone: a crash took them back. \
            Reading on goes on after that sequence.
            """
        case .batchTooLarge(let byteCount, let limit):
            "A batch of \(byteCount) bytes is larger than one commit can be (\(limit) bytes)."
        case .keyTooLong(let length):
            "A key of \(length) bytes is longer than the format allows (\(Limits.keyBytes) bytes)."
        case .outcomeUnknown(let cause):
            """
            \(cause). Whether the last records reached the disk is unknown, and the writer takes no more. Open the log \
            again: it tells what is there.
            """
        case .fileSystem(let error):
            "\(error)"
        case .displaced(let directory, let reason):
            """
            \(directory) changed under its running writer: \(reason). The writer takes no more, and records of the last second may be \
            lost. Find out who changed the directory, put it back or restore it from a copy, and open the log again.
            """
        case .foreignArchive(let archive, let reason):
            "\(archive) cannot be this log's archive: \(reason). Nothing was moved or removed. Choose another directory."
        case .closed:
            "The log's writer is closed."
        }
    }
}

extension LogError {
    /// The refusal for a frame that should be whole: something durable says so.
    static func damage(
        _ defect: FrameDefect, at position: FramePosition, in directory: String, isNewest: Bool = false
    ) -> LogError {
        var assessment = Assessment(directory: directory)
        assessment.segment = position.segment
        assessment.offset = position.offset
        assessment.lastSequence = position.nextSequence - 1
        if isNewest { assessment.evidence.isCovered = true } else { assessment.evidence.earlierIsBad = true }
        assessment.expected = defect.expected
        assessment.found = defect.found
        return .refused(assessment)
    }
}
