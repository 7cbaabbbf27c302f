/// Reads a log, whether or not a writer has it open, without locks and without changing anything.
///
/// Calls block; make them from a command-line tool or a thread that may wait.
public struct LogReader: Sendable {
    /// The log's directory.
    public let directory: String
    /// Directories to which retention has moved segments of the log.
    public let archives: [String]
    let fileSystem: any FileSystem

    /// Reads a log. Nothing is touched before the first call.
    ///
    /// - Parameters:
    ///   - directory: The log's directory.
    ///   - archives: Directories to which retention has moved segments: they are read as one with the directory.
    ///   - fileSystem: Where both are.
    public init(
        directory: String, archives: [String] = [], fileSystem: any FileSystem = LocalFileSystem()
    ) {
        self.directory = directory
        self.archives = archives
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

    /// The store in which the log goes on, as ``LogWriter/close(movedTo:fileSystem:)`` named it; `nil` if it goes on here.
    ///
    /// - Throws: ``LogError/fileSystem(_:)``.
    public func destination() throws -> String? {
        try wrappingFileSystemErrors { try MovedMark.destination(of: directory, fileSystem: fileSystem) }
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
            let scan = LogScan(directory: directory, fileSystem: fileSystem, archives: archives) {
                looks += 1
                guard looks < 500, try writer() != nil else { return false }
                sleepBriefly()
                return true
            }
            var assessment = try scan.run(visit: progress).assessment
            // What is wrong with an archived segment is told of the file that is there.
            if !archives.isEmpty, assessment.verdict != .clean, let segment = assessment.segment,
                let folder = try place(of: .segment(segment))
            {
                assessment.directory = folder
            }
            return assessment
        }
    }

    /// The log's segments, in order, with their files' sizes in bytes.
    ///
    /// - Throws: ``LogError/fileSystem(_:)``.
    public func segments() throws -> [(name: SegmentName, byteCount: Int64)] {
        try wrappingFileSystemErrors {
            try lookingAgain {
                let contents = try LogContents(in: directory, archives: archives, fileSystem: fileSystem)
                return try contents.segments.map { name in
                    (name, try fileSystem.open("\(contents.directory(of: name))/\(name)", as: .read).size())
                }
            }
        }
    }

    /// What a retention policy would take away from the log, and what holds it back. Changes nothing.
    ///
    /// - Parameters:
    ///   - retention: The policy.
    ///   - now: The time by which age is measured, in nanoseconds since 1970.
    /// - Throws: ``LogError`` if the directory cannot be read or a header is damaged.
    public func retentionPlan(for retention: Retention, now: Int64) throws -> RetentionPlan {
        try wrappingFileSystemErrors {
            try RetentionRun(directory: directory, fileSystem: fileSystem).plan(retention, now: now)
        }
    }

    /// The segments that retention took away, the oldest first.
    ///
    /// - Throws: ``LogError`` if the directory or its list of removals cannot be read.
    public func removedSegments() throws -> [RemovedSegment] {
        try wrappingFileSystemErrors {
            guard try LogFiles(in: directory, fileSystem: fileSystem).hasRemovals else { return [] }
            return try Removals(in: directory, fileSystem: fileSystem).segments
        }
    }

    /// Starts reading at the log's first record. See ``LogFollower``.
    public func follow() -> LogFollower {
        LogFollower(directory: directory, archives: archives, start: nil, fileSystem: fileSystem)
    }

    /// Starts reading where an earlier reading stood. The first frame may begin before the place, where its segment was sealed since.
    ///
    /// If the log has no such place any more, ``LogFollower/next()`` throws, or returns `nil`, or a frame that begins elsewhere.
    package func follow(from start: LogPosition) -> LogFollower {
        LogFollower(directory: directory, archives: archives, start: start, fileSystem: fileSystem)
    }

    /// The log's identity; `nil` if it has no segment yet or its newest one's header is damaged.
    ///
    /// - Throws: ``LogError`` if the directory cannot be read.
    package func identity() throws -> LogID? {
        try wrappingFileSystemErrors {
            try LogFiles(in: directory, fileSystem: fileSystem).identity(in: directory, fileSystem: fileSystem)
        }
    }

    /// Makes errors of the layers below the public ones.
    func wrappingFileSystemErrors<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as FileSystemError {
            throw LogError.fileSystem(error)
        } catch let defect as Removals.Defect {
            throw defect.error(in: directory)
        }
    }
}

extension Removals.Defect {
    /// The public error for a list of removals that cannot be believed.
    func error(in directory: String) -> LogError {
        var assessment = Assessment(directory: directory)
        assessment.otherFile = FileName.removals
        assessment.evidence.headerIsBad = true
        assessment.offset = offset
        assessment.expected = expected
        assessment.found = found
        return .refused(assessment)
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
