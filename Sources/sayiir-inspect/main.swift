import ArgumentParser
import SayiirInspection

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Wrong arguments end with the status that the table in the help has for them, which is not ArgumentParser's own.
let status: ExitStatus
do {
    try InspectCommand.check(Array(CommandLine.arguments.dropFirst()))
    var command = try InspectCommand.parseAsRoot()
    if let command = command as? any PerformableCommand {
        status = try command.perform()
    } else if let command = command as? TruncateTailCommand {
        status = await command.repair.perform(
            on: LogSource(directory: command.common.directory), command.common.display.console())
    } else if let command = command as? MigrateCommand {
        status = await command.migration().perform(
            on: LogSource(directory: command.directory), command.display.console())
    } else {
        try command.run()
        status = .clean
    }
} catch let error as InspectionError {
    StandardStreams.complain(error.description)
    status = .failure
} catch {
    if InspectCommand.exitCode(for: error).isSuccess {
        print(InspectCommand.fullMessage(for: error))
        status = .clean
    } else {
        // The program's name stands before it already.
        let message = InspectCommand.fullMessage(for: error)
        StandardStreams.complain(message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message)
        status = .failure
    }
}
exit(status.rawValue)
