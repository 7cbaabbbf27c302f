internal import SayiirLog

// Bundles in the place of logs.
extension LogSource {
    /// More than a bundle of a history that anybody looks at.
    private static let longestBundle: Int64 = 1 << 30

    /// The bundle, if that is what stands there and not a directory.
    ///
    /// - Throws: ``InspectionError`` if a bundle begins there and is damaged.
    func readBundle() throws -> RecordBundle? {
        // What cannot be opened as a file is for the reading of a log to complain about.
        guard let file = try? fileSystem.open(directory, as: .read), let size = try? file.size(),
            let start = try? file.readBytes(8, at: 0), RecordBundle.begins(start)
        else { return nil }
        guard size <= Self.longestBundle else {
            throw InspectionError("'\(safe(directory))' is no case bundle: it is larger than any.")
        }
        do {
            return try RecordBundle(decoding: try file.readBytes(Int(size), at: 0))
        } catch let error as RecordBundleError {
            var status = ExitStatus.corrupt
            if case .newer = error { status = .failure }
            throw InspectionError("'\(safe(directory))' cannot be read as a case bundle: \(error).", status: status)
        }
    }

    /// Refuses a bundle whose proofs do not lead to the root that it names.
    func check(_ bundle: RecordBundle) throws {
        let unproven = bundle.unproven()
        guard !unproven.isEmpty else { return }
        throw InspectionError(
            "'\(safe(directory))' was changed: of \(counted(bundle.entries.count, "record")) "
                + "\(grouped(UInt64(unproven.count))) do not lead to its own tree head. 'verify' tells which.",
            status: .corrupt)
    }

    /// The instance that is meant: the one that is named, or the one that a bundle is about.
    func instance(_ name: String?) throws -> String {
        guard let name = name ?? bundle?.key else {
            throw InspectionError("name an instance: a log has many. The command 'list' shows them.")
        }
        return name
    }
}
