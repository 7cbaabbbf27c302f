internal import GRDB
internal import SayiirLog

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension Catalogue {
    /// What is about to be done to the catalogue's file.
    enum Access {
        case read, written
    }

    /// The path of the catalogue's file with all links resolved, once it is certain that it is a catalogue's, or missing, or empty.
    ///
    /// - Throws: ``CatalogueError/refused(file:reason:advice:)``. No file was opened as a database then: opening alone lets SQLite repair it.
    func approvedPath(_ access: Access) throws -> String {
        let id = UInt32(CatalogueSchema.applicationID)
        let content: WriteTarget.Content =
            switch access {
            case .read: .databaseForReading(applicationID: id)
            case .written: .database(applicationID: id)
            }
        do throws(WriteTarget.Refusal) {
            return try WriteTarget(protecting: [reader.directory] + reader.archives).approve(path, for: content)
        } catch {
            throw CatalogueError.refused(file: error.path, reason: error.reason, advice: error.advice)
        }
    }

    /// Refuses to replace the catalogue of another log, unless it stands where this log's catalogue belongs.
    func refuseOtherLog(_ target: String) throws {
        guard exists, path != Self.defaultPath(forLog: reader.directory) else { return }
        var configuration = Configuration()
        configuration.readonly = true
        // Immutable: SQLite then makes no files beside a database that may be another log's. What cannot be read tells no log's name:
        // it is a damaged catalogue.
        let encoded = target.map { "?#%".contains($0) ? "%" + String($0.asciiValue ?? 0, radix: 16) : String($0) }
            .joined()
        guard let database = try? DatabaseQueue(path: "file:\(encoded)?immutable=1", configuration: configuration),
            let log = try? database.read({ try String.fetchOne($0, sql: "SELECT log FROM catalogue") }), !log.isEmpty,
            let identity = try reader.identity()?.description, log != identity
        else { return }
        throw CatalogueError.refused(
            file: path, reason: "is the catalogue of another log, \(log)",
            advice: "Give another file, or remove this one.")
    }

    /// Removes what processes left that were killed while they built this catalogue.
    ///
    /// - Parameter draft: The path of a draft of this process.
    func removeAbandonedDrafts(of draft: String) {
        guard let slash = draft.lastIndex(of: "/"),
            let stem = draft.range(of: ".\(getpid())-", from: slash)
        else { return }
        let (directory, name) = (String(draft[..<slash]), draft[draft.index(after: slash)..<stem])
        guard let entries = try? LocalFileSystem().entries(ofDirectory: directory.isEmpty ? "/" : directory) else {
            return
        }
        for entry in entries where entry.hasPrefix("\(name).") && entry.hasSuffix(".new") {
            let parts = entry.dropFirst(name.count + 1).dropLast(".new".count).split(
                separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let process = pid_t(parts[0]), process > 0, UInt64(parts[1]) != nil,
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            // By its content, not only by its name.
            let target = WriteTarget(protecting: [])
            let id = UInt32(CatalogueSchema.applicationID)
            guard let path = try? target.approve("\(directory)/\(entry)", for: .database(applicationID: id)) else {
                continue
            }
            removeFiles(of: path)
        }
    }
}

extension String {
    /// The last occurrence of a text behind a place.
    fileprivate func range(of text: String, from start: Index) -> Index? {
        var index = endIndex
        while index > start {
            index = self.index(before: index)
            if self[index...].hasPrefix(text) { return index }
        }
        return nil
    }
}
