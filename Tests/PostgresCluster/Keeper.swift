import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A temporary directory, and the processes that work in it, none of which outlives this process, however it ends.
///
/// A process that is killed cannot tidy up, so others do: all read from one pipe, to which this process holds the only
/// writing end and never writes. The system closes that when this process is gone, and the readers see the end.
/// They ignore the signals of a terminal, and belong to the user that the server runs as.
final class Keeper: Sendable {
    /// Below `/tmp`, whatever `TMPDIR` says: the path of a socket in it may have about a hundred bytes only.
    let directory: String
    private let lifeline: Pipe
    private let remover: ChildProcess
    private let user: ServerUser

    /// Makes the directory, and starts the process that removes it.
    init(as user: ServerUser) async throws {
        self.user = user
        lifeline = Pipe()
        // A child that others start without closing its files would hold the pipe open.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let answer = Pipe()
        remover = try ChildProcess(
            user.command(["sh", "-c", Self.removal]), input: lifeline.fileHandleForReading, output: answer,
            errors: answer)
        // It ends the answer at once, by closing its output.
        directory = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let text = String(decoding: answer.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                continuation.resume(returning: text.trimmingCharacters(in: .newlines))
            }
        }
        guard directory.hasPrefix("/tmp/sayiir-pg.") else {
            throw PostgresClusterError("no temporary directory for a server: \(directory)")
        }
    }

    /// Starts a command in the directory, its output added to the file `log` there, its process number in the file `mark`.
    func start(_ command: [String], mark: String) throws -> ChildProcess {
        try ChildProcess(
            user.command(["sh", "-c", Self.guarding, "sh", directory, mark] + command),
            input: lifeline.fileHandleForReading)
    }

    /// Ends what runs in the directory and removes it; false if that is not done within the time.
    func remove(within limit: Duration) async throws -> Bool {
        try? lifeline.fileHandleForWriting.close()
        return try await remover.status(within: limit) != nil && !FileManager.default.fileExists(atPath: directory)
    }

    /// Prints the directory's path, and removes it when the pipe has ended and what ran there has ended too.
    /// Of a server that was killed the system keeps a shared memory segment, whose number its lock file has in line 7.
    private static let removal = """
        trap '' HUP INT TERM
        umask 077
        directory=$(mktemp -d /tmp/sayiir-pg.XXXXXX) && cd "$directory" || exit 1
        echo "$directory"
        exec >/dev/null 2>&1
        read -r _
        tries=0
        while ls running.* && [ "$tries" -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
        segment=$(sed -n '7s/.* //p' data/postmaster.pid) && [ -n "$segment" ] && ipcrm -m "$segment"
        cd / && rm -rf "$directory"
        """

    /// Runs a command until it ends or the pipe does: then it asks the command to quit, and kills it if it does not.
    private static let guarding = """
        trap '' HUP INT TERM
        cd "$1" || exit 1
        mark=$2
        shift 2
        : >"$mark" || exit 1
        exec 3<&0 </dev/null >>log 2>&1
        "$@" 3<&- &
        command=$!
        echo "$command" >"$mark"
        (
            read -r _ <&3
            kill -QUIT "$command"
            tries=0
            while kill -0 "$command" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
            kill -KILL "$command"
        ) 2>/dev/null &
        guard=$!
        wait "$command"
        status=$?
        kill -KILL "$guard"
        rm -f "$mark"
        exit "$status"
        """
}
