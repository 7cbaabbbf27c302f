import ArgumentParser
import SayiirInspection

/// `sayiir-inspect migrate`.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Move a log into PostgreSQL, or back.",
        usage: "sayiir-inspect migrate <dir> --to-postgres|--from-postgres [<options>]",
        discussion: """
            All instances go over with their histories, every event as it is; only sequences are given anew, in the same order. Both \
            sides are read again and compared. Then the old store is closed for good: it can still be read, and refuses everybody \
            who would change it, naming the new one. Stop all engines and workers first. If the command is interrupted, run it again.

            --to-postgres makes the schema if it is missing, and takes the instances in beside others in one transaction. \
            --from-postgres makes the directory, which must be missing or empty; from its beginning on the database refuses changes.

            To undo it, move back, into a new directory or another schema. As long as nothing has happened in the new store, it can also be \
            thrown away and the old one opened again: by removing the file MOVED from the directory, or in the schema by

              DROP TRIGGER events_moved ON events;
              DROP TRIGGER instances_moved ON instances;
              DELETE FROM moved;

            Examples, with the database in $SAYIIR_POSTGRES:
              sayiir-inspect migrate jobs.sayiir --to-postgres
              sayiir-inspect migrate back.sayiir --from-postgres --schema jobs
            """)

    @Argument(help: ArgumentHelp("The log's directory.", valueName: "dir"), completion: .directory)
    var directory: String

    @Flag(help: "Move the log in DIR into PostgreSQL.")
    var toPostgres = false

    @Flag(help: "Move what is in PostgreSQL into a new log in DIR.")
    var fromPostgres = false

    @Option(
        help: ArgumentHelp(
            "The PostgreSQL database, postgresql://user@host/database. Without it, $\(StoreOptions.variable) is used.",
            valueName: "url"))
    var postgres: String?

    @Option(help: ArgumentHelp("The schema in PostgreSQL.", valueName: "name"))
    var schema = "sayiir"

    @OptionGroup var archiveOptions: ArchiveOptions

    @OptionGroup var display: DisplayOptions

    func validate() throws {
        guard toPostgres != fromPostgres else { throw ValidationError("give either --to-postgres or --from-postgres.") }
        guard postgres != nil || StoreOptions.environmentURL != nil else {
            throw ValidationError("give the database with --postgres, or in $\(StoreOptions.variable).")
        }
        if fromPostgres, !archiveOptions.archive.isEmpty {
            throw ValidationError("--archive is for --to-postgres: a new log has no archives.")
        }
    }

    /// What the arguments ask for.
    func migration() -> Migration {
        Migration(
            toPostgres ? .toPostgres(archives: archiveOptions.archive) : .fromPostgres,
            StoreAddress(url: postgres ?? StoreOptions.environmentURL ?? "", schema: schema))
    }
}
