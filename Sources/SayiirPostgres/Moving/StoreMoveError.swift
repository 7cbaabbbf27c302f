public import Sayiir
public import SayiirLog

/// Why a store was not moved. Nothing is lost: the old store is as it was.
public enum StoreMoveError: Error, Sendable, CustomStringConvertible {
    /// There is no log in the directory.
    case nothingThere(String)
    /// The directory holds a log, or something else.
    case notEmpty(String)
    /// The database's schema holds no store.
    case noStore(schema: String, server: String)
    /// The log is damaged, or does not end cleanly.
    case damaged(String)
    /// The beginning of an instance's history was taken away by retention.
    case incomplete(instance: String)
    /// The database has other instances of the same ids: so many, among them these.
    case collision(count: Int, instances: [String])
    /// Executors run instances of the store.
    case atWork(executors: [String])
    /// What arrived is not what was sent.
    case different(sent: String, arrived: String)
    /// An event cannot be read.
    case backend(BackendError)
    /// The log refused.
    case log(LogError)
    /// The database refused.
    case postgres(PostgresError)

    /// The error in words, with what to do.
    public var description: String {
        switch self {
        case .nothingThere(let directory):
            "There is no log in \(directory). Give the directory of the log that is to be moved."
        case .notEmpty(let directory):
            "\(directory) holds something already. Give a directory that is missing or empty."
        case .noStore(let schema, let server):
            "There is no Sayiir store in schema '\(schema)' of \(server). Give the schema of the store that is to be moved."
        case .damaged(let text):
            "\(text) Nothing was moved; salvage what is whole first (sayiir-inspect salvage)."
        case .incomplete(let instance):
            """
            The history of instance '\(instance)' does not begin with its first event: retention took that away. Give the \
            directories to which the segments were archived.
            """
        case .collision(let count, let instances):
            """
            The database has \(count == 1 ? "an instance" : "\(count) instances") of the same id with another history: \
            \(instances.joined(separator: ", "))\(count > instances.count ? ", …" : ""). Nothing was moved; use another schema.
            """
        case .atWork(let executors):
            """
            These executors run instances of the store: \(executors.joined(separator: ", ")). Stop them and try again; if they \
            are dead, wait until their leases have ended.
            """
        case .different(let sent, let arrived):
            "What arrived is not what was sent: \(arrived) instead of \(sent). Nothing was closed. Check the disks, and try again."
        case .backend(let error): "\(error)"
        case .log(let error): "\(error)"
        case .postgres(let error): "\(error)"
        }
    }

    /// Runs `body`, and throws its errors as what they mean here.
    static func translating<Result>(_ body: () async throws -> Result) async throws(StoreMoveError) -> Result {
        do {
            return try await body()
        } catch let error as StoreMoveError {
            throw error
        } catch let error as PostgresError {
            throw .postgres(error)
        } catch let error as LogError {
            throw .log(error)
        } catch let error as BackendError {
            throw .backend(error)
        } catch {
            throw .damaged("\(error)")
        }
    }
}
