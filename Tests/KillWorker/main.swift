// The process that the kill tests kill. It works until it is killed, and says on standard output, a line each, what was
// acknowledged to it.

let usage = """
    usage: kill-worker log DIRECTORY NONCE
           kill-worker engine DIRECTORY EFFECTS NONCE
           kill-worker finish DIRECTORY EFFECTS
           kill-worker full DIRECTORY [FILLER]
           kill-worker crash DIRECTORY EFFECTS LIMIT
    """
let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("log", 4): try await LogWork(directory: arguments[2], nonce: arguments[3]).run()
case ("engine", 5): try await EngineWork(directory: arguments[2], effects: arguments[3]).run(nonce: arguments[4])
case ("finish", 4): try await EngineWork(directory: arguments[2], effects: arguments[3]).finish()
case ("crash", 5):
    try await CrashWork(directory: arguments[2], effects: arguments[3], limit: Int(arguments[4]) ?? 0).run()
case ("full", 3): try await FullDiskWork(directory: arguments[2], filler: nil).run()
case ("full", 4): try await FullDiskWork(directory: arguments[2], filler: arguments[3]).run()
default: say(usage)
}
