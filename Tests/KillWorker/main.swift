// The process that the kill tests kill: `kill-worker log DIRECTORY NONCE`. It works until it is killed, and says on
// standard output, a line each, what was acknowledged to it.

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "log" where arguments.count == 4:
    try await LogWork(directory: arguments[2], nonce: arguments[3]).run()
default:
    print("usage: kill-worker log DIRECTORY NONCE")
}
