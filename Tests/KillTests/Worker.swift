import TestPrograms

/// Starts the program that the tests kill.
func startWorker(_ arguments: [String], under launcher: [String] = []) throws -> RunningProgram {
    try RunningProgram(BuiltProgram("kill-worker"), arguments, under: launcher)
}
