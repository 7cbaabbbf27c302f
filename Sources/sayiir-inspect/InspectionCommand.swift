import ArgumentParser
import SayiirInspection

/// A subcommand that says how the program ends.
protocol PerformableCommand: ParsableCommand {
    /// Does what the arguments ask for.
    func perform() throws -> ExitStatus
}

/// A subcommand: arguments that make an inspection.
protocol InspectionCommand: PerformableCommand {
    associatedtype Common: CommonArguments

    var common: Common { get }
    var archives: [String] { get }
    var catalogue: String? { get }
    var usesCatalogue: Bool { get }

    /// How many arguments follow the log's, which are then ``operands``.
    var mostOperands: Int { get }
    var operands: [String] { get }

    /// What the arguments ask for.
    ///
    /// - Parameter operands: The arguments behind the log's.
    func inspection(_ operands: [String]) throws -> any Inspection
}

extension InspectionCommand {
    /// Most read archives, too: see ``ArchiveOptions``.
    var archives: [String] { [] }

    /// Some use the catalogue: see ``CatalogueOptions``.
    var catalogue: String? { nil }

    /// All that can ask the catalogue do, unless it is forbidden.
    var usesCatalogue: Bool { true }

    /// Most have none: what is to be known of them is given by options.
    var mostOperands: Int { 0 }
    var operands: [String] { [] }

    /// Does what the arguments ask for.
    func perform() throws -> ExitStatus {
        let place = try common.place(operands, most: mostOperands)
        var source =
            switch place.source {
            case .log(let directory): LogSource(directory: directory, archives: archives, catalogue: catalogue)
            case .store(let address): LogSource(address)
            }
        source.usesCatalogue = usesCatalogue
        return try inspection(place.operands).perform(on: source, common.display.console())
    }
}

/// What all subcommands take that read a log.
protocol CommonArguments: ParsableArguments {
    var display: DisplayOptions { get }

    /// What is to be read, and the arguments behind it.
    ///
    /// - Parameters:
    ///   - operands: What was parsed behind the first argument.
    ///   - most: How many there may be.
    func place(_ operands: [String], most: Int) throws -> Place
}

/// What is to be read, and the arguments behind it.
struct Place {
    enum Source {
        case log(directory: String)
        case store(StoreAddress)
    }

    var source: Source
    var operands: [String]
}

/// What those take that read a log and nothing else.
struct LogOptions: CommonArguments {
    @Argument(help: ArgumentHelp("The log's directory.", valueName: "dir"), completion: .directory)
    var directory: String

    @OptionGroup var display: DisplayOptions

    func place(_ operands: [String], most: Int) -> Place {
        Place(source: .log(directory: directory), operands: operands)
    }
}

/// What those take that read a case bundle, too.
struct LogOrBundleOptions: CommonArguments {
    @Argument(
        help: ArgumentHelp("The log's directory, or a case bundle made by 'export --bundle'.", valueName: "dir"),
        completion: .file())
    var directory: String

    @OptionGroup var display: DisplayOptions

    func place(_ operands: [String], most: Int) -> Place {
        Place(source: .log(directory: directory), operands: operands)
    }
}

/// What those take that read a store in PostgreSQL, too.
struct LogOrStoreOptions: CommonArguments {
    @Argument(
        help: ArgumentHelp("The log's directory.", valueName: "dir"),
        completion: .directory)
    var directory: String?

    @OptionGroup var postgres: StoreOptions

    @OptionGroup var display: DisplayOptions

    func place(_ operands: [String], most: Int) throws -> Place {
        try postgres.place(first: directory, operands, most: most)
    }
}

/// What those take that read a case bundle or a store in PostgreSQL, too.
struct AnySourceOptions: CommonArguments {
    @Argument(
        help: ArgumentHelp(
            "The log's directory, or a case bundle made by 'export --bundle'.",
            valueName: "dir"),
        completion: .file())
    var directory: String?

    @OptionGroup var postgres: StoreOptions

    @OptionGroup var display: DisplayOptions

    func place(_ operands: [String], most: Int) throws -> Place {
        try postgres.place(first: directory, operands, most: most)
    }
}

/// How things are shown.
struct DisplayOptions: ParsableArguments {
    @Flag(help: "Print JSON: see docs/INSPECT.md for its members.")
    var json = false

    @Flag(help: "Show payloads that are marked as sensitive.")
    var reveal = false

    @Option(help: ArgumentHelp("Lay out for so many columns instead of the terminal's.", valueName: "columns"))
    var width: Int?

    /// Where the command says what it found.
    func console() -> Console {
        StandardStreams.console(width: width, json: json, revealingSensitive: reveal)
    }
}

/// Where the rest of the log is.
struct ArchiveOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A directory to which retention has moved segments: it is read as one with the log. May be repeated.",
            valueName: "dir"),
        completion: .directory)
    var archive: [String] = []
}

/// Where the log's catalogue is.
struct CatalogueOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The catalogue's file. By default it stands beside the log, with '.catalogue' after its name.",
            valueName: "file"), completion: .file(extensions: ["catalogue"]))
    var catalogue: String?
}

/// Which records are wanted.
struct FilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only records of this instance.", valueName: "id"), completion: .instances)
    var instance: String?

    @Option(
        help: ArgumentHelp(
            "Only events of this type, 'task_failed' for example. May be repeated.", valueName: "type"),
        completion: .list(EventFilter.typeNames))
    var type: [String] = []
}
