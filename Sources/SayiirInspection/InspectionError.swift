internal import SayiirLog

/// Why a command cannot do what it was asked for, in a sentence that says what to do next.
package struct InspectionError: Error, CustomStringConvertible {
    /// The sentence.
    package let description: String
    /// How the program ends.
    let status: ExitStatus

    /// An error in a sentence that says what to do next.
    package init(_ description: String, status: ExitStatus = .failure) {
        self.description = description
        self.status = status
    }

    /// Puts an error of the layers below into the words of this program.
    init(_ error: any Error, directory: String) {
        if let error = InspectionError(ofStore: error) {
            self = error
            return
        }
        switch error {
        case let error as InspectionError:
            self = error
        case let error as WriteTarget.Refusal:
            self.init("'\(safe(error.path))' \(safe(error.reason)). \(error.advice)")
        case LogError.refused(let assessment):
            self.init("\(error)", status: ExitStatus(assessment.verdict))
        case LogError.notALog(_, let reason):
            self.init(
                "'\(directory)' is not a log: \(reason). Give the directory that the engine was opened with; it holds "
                    + "files named like 00000001-00000000000000000001.seg.")
        case LogError.fileSystem(let error):
            self.init(error, directory: directory)
        case let error as FileSystemError:
            self.init(error, directory: directory)
        default:
            self.init("\(error)")
        }
    }

    private init(_ error: FileSystemError, directory: String) {
        let advice =
            if error.isMissingFile && error.path == directory {
                "Give the directory that the engine was opened with."
            } else if error.isMissingFile {
                "A file vanished while the log was read; try again."
            } else if error.isRefusedAccess {
                "Run this as a user who may read the directory and its files."
            } else if error.isNoDirectory {
                "Give the log's directory, not a file."
            } else {
                "Check the disk and the system's messages, then try again."
            }
        self.init("\(error). \(advice)")
    }
}
