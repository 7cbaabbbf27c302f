#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// State behind a lock, with one condition to wait for. For threads of our own; never wait here from a Swift task.
///
/// The standard library's `Mutex` has no condition to wait for.
// @unchecked: the compiler cannot see what a C mutex guards. `state`, which is Sendable itself, `waiters` and `wokenWaiters` are read and
// written with `mutex` held, and nowhere else. `mutex` and `condition` never change, and go with the last reference.
package final class Monitor<State: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State
    /// How many threads wait. Touched with the mutex held, like `state`.
    private var waiters = 0
    /// How many of those were woken and have not looked yet.
    private var wokenWaiters = 0

    package init(_ state: State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        #if canImport(Glibc)
            // What is done with the lock held takes less time than to sleep and be woken.
            var kind = pthread_mutexattr_t()
            pthread_mutexattr_init(&kind)
            pthread_mutexattr_settype(&kind, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
            pthread_mutex_init(mutex, &kind)
            pthread_mutexattr_destroy(&kind)
        #else
            pthread_mutex_init(mutex, nil)
        #endif
        #if canImport(Darwin)
            pthread_cond_init(condition, nil)
        #else
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func withLock<Result, Failure>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Like ``withLock(_:)``, and wakes every waiter to look at what has changed. Costs no system call if there is none.
    package func update<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        let result = body(&state)
        // Whoever begins to wait from here on sees the change first.
        let hasWaiters = waiters > 0
        pthread_mutex_unlock(mutex)
        if hasWaiters { pthread_cond_broadcast(condition) }
        return result
    }

    /// Like ``withLock(_:)``, and wakes one waiter if `body` says so. It is told how many wait and have not been woken.
    func updateWakingOne(_ body: (inout State, _ sleepers: Int) -> Bool) {
        pthread_mutex_lock(mutex)
        let wakes = body(&state, waiters - wokenWaiters) && waiters > wokenWaiters
        if wakes { wokenWaiters += 1 }
        pthread_mutex_unlock(mutex)
        if wakes { pthread_cond_signal(condition) }
    }

    /// A waiter looks: it counts as one of those who were woken, whatever made it look.
    private func noteLook() { if wokenWaiters > 0 { wokenWaiters -= 1 } }

    /// Waits until `body` returns a value. It is called with the lock held, now and after each ``update(_:)``.
    func wait<Result>(_ body: (inout State) -> Result?) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        waiters += 1
        defer { waiters -= 1 }
        while true {
            if let result = body(&state) { return result }
            pthread_cond_wait(condition, mutex)
            noteLook()
        }
    }

    /// Like ``wait(_:)``, but gives up after about `nanoseconds` and returns `nil`.
    ///
    /// A number below zero counts as zero; one of more than some 30 years as those.
    package func wait<Result>(nanoseconds: Int, _ body: (inout State) -> Result?) -> Result? {
        let nanoseconds = min(max(nanoseconds, 0), 1 << 60)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if let result = body(&state) { return result }
        waiters += 1
        defer { waiters -= 1 }
        #if canImport(Darwin)
            var remaining = timespec(
                tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
            while pthread_cond_timedwait_relative_np(condition, mutex, &remaining) == 0 {
                noteLook()
                if let result = body(&state) { return result }
            }
        #else
            var deadline = timespec()
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let total = deadline.tv_nsec + nanoseconds
            deadline.tv_sec += total / 1_000_000_000
            deadline.tv_nsec = total % 1_000_000_000
            while pthread_cond_timedwait(condition, mutex, &deadline) == 0 {
                noteLook()
                if let result = body(&state) { return result }
            }
        #endif
        noteLook()
        return body(&state)
    }
}
