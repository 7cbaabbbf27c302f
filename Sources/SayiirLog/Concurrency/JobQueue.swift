/// Jobs of tasks in the order of their coming.
struct JobQueue: Sendable {
    private var jobs: [UnownedJob] = []
    private var start = 0
    /// How many jobs were ever taken.
    private(set) var takenCount = 0

    var count: Int { jobs.count - start }

    mutating func append(contentsOf new: some Collection<UnownedJob>) { jobs.append(contentsOf: new) }

    mutating func next() -> UnownedJob? {
        guard start < jobs.count else { return nil }
        defer {
            start += 1
            takenCount += 1
            // Most of the time all are taken soon; otherwise what is behind may not grow without bound.
            if start == jobs.count || start > 4096 {
                jobs.removeFirst(start)
                start = 0
            }
        }
        return jobs[start]
    }

    mutating func removeAll() -> [UnownedJob] {
        defer { self = JobQueue() }
        return Array(jobs[start...])
    }
}
