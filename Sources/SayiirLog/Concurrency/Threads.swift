#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Runs `body` on a new thread of its own. The thread ends with it.
package func startThread(_ body: @escaping @Sendable () -> Void) throws(FileSystemError) {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = Unmanaged.passRetained(Start(body))
    #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        if let thread { pthread_detach(thread) }
    #else
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        if code == 0 { pthread_detach(thread) }
    #endif
    guard code == 0 else {
        start.release()
        throw FileSystemError(operation: "start", path: "a thread", code: code)
    }
}

/// Lets other threads go first, where the system knows priorities of threads: for work that nobody waits for.
package func yieldToOtherThreads() {
    #if os(Linux)
        // On Linux "the calling process" is the calling thread.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    #endif
}

/// Holds up the calling thread for two milliseconds.
func sleepBriefly() { usleep(2000) }

/// Holds up the calling thread.
func suspendThread(microseconds: UInt32) { usleep(microseconds) }

/// How many processors are in use.
func processorCount() -> Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

/// Runs blocking work, one piece after the other, on one thread that starts with the first and ends when released.
final class BlockingQueue: Sendable {
    private struct State {
        var work: [@Sendable () -> Void] = []
        var isRunning = false
        var isReleased = false
    }

    private let state = Monitor(State())

    deinit {
        state.update { $0.isReleased = true }
    }

    /// Queues work and returns at once.
    func submit(_ work: @escaping @Sendable () -> Void) {
        let starts = state.update { state in
            state.work.append(work)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard starts else { return }
        do throws(FileSystemError) {
            try startThread { [state] in
                while let work = Self.next(of: state) { work() }
            }
        } catch {
            // No thread to be had: better to hold up the caller than to leave the work undone.
            let waiting = state.withLock { state in
                state.isRunning = false
                defer { state.work.removeAll() }
                return state.work
            }
            for work in waiting { work() }
        }
    }

    /// Runs work on the queue's thread and waits for its result without blocking the caller's.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    private static func next(of state: Monitor<State>) -> (@Sendable () -> Void)? {
        state.wait { state -> (@Sendable () -> Void)?? in
            if !state.work.isEmpty { return .some(state.work.removeFirst()) }
            return state.isReleased ? .some(nil) : nil
        }
    }
}
