/// Reads a log, whether or not a writer has it open, without locks and without changing anything.
///
/// Calls block; make them from a command-line tool or a thread that may wait.
public struct LogReader: Sendable {
    /// The log's directory.
    public let directory: String
    let fileSystem: any FileSystem

    /// Reads the log in `directory`. Nothing is touched before the first call.
    public init(directory: String, fileSystem: any FileSystem = LocalFileSystem()) {
        self.directory = directory
        self.fileSystem = fileSystem
    }

    /// Who has the log open for writing; `nil` if nobody does.
    ///
    /// - Throws: ``LogError/notALog(directory:reason:)``, or ``LogError/fileSystem(_:)`` if the directory cannot be read.
    public func writer() throws -> String? {
        try wrappingFileSystemErrors {
            let files = try LogFiles(in: directory, fileSystem: fileSystem)
            guard !files.segments.isEmpty || files.hasLock else {
                throw LogError.notALog(directory: directory, reason: "it has no segment")
            }
            guard files.hasLock else { return nil }
            return try WriterLock.holder(ofDirectory: directory, fileSystem: fileSystem)
        }
    }

    /// Reads and checks the whole log, chain included, and judges its end by the opening rule.
    ///
    /// `progress` is called with each valid frame, once. While a writer is at work, an end that looks damaged is looked at
    /// again for up to a second: a commit may just be on its way.
    ///
    /// - Throws: ``LogError`` if the directory is not a log, is newer than this library, or cannot be read; whatever
    ///   `progress` throws. Damage is not thrown: it is in the assessment.
    public func verify(progress: (Frame) throws -> Void = { _ in }) throws -> Assessment {
        try wrappingFileSystemErrors {
            var looks = 0
            let scan = LogScan(directory: directory, fileSystem: fileSystem) {
                looks += 1
                guard looks < 500, try writer() != nil else { return false }
                sleepBriefly()
                return true
            }
            return try scan.run(visit: progress).assessment
        }
    }

    /// The log's segments, in order, with their files' sizes in bytes.
    ///
    /// - Throws: ``LogError/fileSystem(_:)``.
    public func segments() throws -> [(name: SegmentName, byteCount: Int64)] {
        try wrappingFileSystemErrors {
            try LogFiles(in: directory, fileSystem: fileSystem).segments.map { name in
                (name, try fileSystem.open("\(directory)/\(name)", as: .read).size())
            }
        }
    }

    /// Starts reading at the log's first record. See ``LogFollower``.
    public func follow() -> LogFollower { LogFollower(directory: directory, fileSystem: fileSystem) }

    /// The records of `key` in the given frames.
    func records(withKey key: String, in frames: [FrameLocation]) throws -> [LogRecord] {
        let names = try LogFiles(in: directory, fileSystem: fileSystem).segments
        var open: SegmentReader?
        var records: [LogRecord] = []
        for location in frames {
            if open?.header.number != location.segment {
                guard let name = names.first(where: { $0.number == location.segment }) else {
                    throw FileSystemError.missingSegment(location.segment, in: directory)
                }
                open = try segmentReader(name)
            }
            guard let reader = open else { continue }
            var position = FramePosition(startOf: reader.header)
            position.offset = location.offset
            position.nextSequence = location.firstSequence
            switch try SegmentReader.frame(at: position, in: reader.file) {
            case .success(let frame): frame.forEachRecord { if $0.key == key { records.append($0) } }
            case .failure(let defect): throw damage(defect, at: position)
            }
        }
        return records
    }

    private func segmentReader(_ name: SegmentName) throws -> SegmentReader {
        do {
            return try SegmentReader(name, in: directory, fileSystem: fileSystem)
        } catch let defect as SegmentHeader.Defect {
            throw defect.error(of: name, in: directory)
        }
    }

    /// The refusal for a frame that was whole when it was indexed.
    private func damage(_ defect: FrameDefect, at position: FramePosition) -> LogError {
        var assessment = Assessment(directory: directory)
        assessment.segment = position.segment
        assessment.offset = position.offset
        assessment.lastSequence = position.nextSequence - 1
        assessment.evidence.isCovered = true
        assessment.expected = defect.expected
        assessment.found = defect.found
        return .refused(assessment)
    }

    private func wrappingFileSystemErrors<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        }
    }
}

extension SegmentHeader.Defect {
    /// The public error for a segment whose header is not accepted.
    func error(of name: SegmentName, in directory: String) -> LogError {
        switch self {
        case .newer(let needed, _, _):
            return .newerVersion(file: "\(directory)/\(name)", needed: needed, supported: SegmentHeader.version)
        case .damaged(let text):
            var assessment = Assessment(directory: directory)
            assessment.segment = name
            assessment.evidence.headerIsBad = true
            assessment.expected = "a segment header that fits its name"
            assessment.found = text
            return .refused(assessment)
        }
    }
}
