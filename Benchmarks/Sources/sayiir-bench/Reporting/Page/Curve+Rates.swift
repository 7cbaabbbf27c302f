extension Curve {
    private static let bareDisk = "one thread: write+fdatasync, pre-zeroed"

    /// Rates against how many are at work.
    static let rates = [appends, appendLatency, steps, runners, signals, fanOut]

    private static let appends = Curve(
        title: "Log appends against writers",
        explanation:
            "A commit takes all that waits, so the rate grows almost as the writers do while the sync sets the pace. It bends "
            + "where processors do: encoding, hashing, compressing and waking a task cost each append the same.",
        xLabel: "writers", yLabel: "appends/s",
        places: { row in
            if row.part == "sqlite", row.unit == "inserts/s" {
                return value(
                    of: row, over: "writers", in: row.variant == "no index" ? "SQLite" : "SQLite, indexed"
                )
            }
            return value(
                of: row, over: "writers", in: row.variant ?? "", if: row.part == "log" && row.name == "append")
        },
        floor: bareDisk, hasFloor: { $0.part == "log" })

    private static let appendLatency = Curve(
        title: "Latency of an append against writers",
        explanation:
            "Nearly level as long as a commit's sync is longer than the work in it: more writers make commits larger, not longer. "
            + "Where processors are the limit, each writer waits for all others, and the time grows as their number does (slope 1).",
        xLabel: "writers", yLabel: "µs",
        places: { row in
            let place = row.variant == LogPart.Place.pool.rawValue ? "pool" : "log's threads"
            return percentiles(of: row, over: "writers", in: place, if: row.part == "log" && row.name == "append")
        })

    private static let steps = Curve(
        title: "Steps against concurrent flows",
        explanation:
            "Flows share syncs as appends do. A flow of n steps is n + 1 commits, so short flows give fewer steps. Where processors "
            + "are busy the lines are level: more flows only wait longer. In memory is the engine without a log, which no line "
            + "on the log can exceed.",
        xLabel: "flows at once", yLabel: "steps/s",
        places: { row in
            let steps = Row.words("steps", row.parameters["steps"] ?? 0)
            return value(
                of: row, over: "flows", in: row.durability == .memory ? "\(steps), in memory" : "\(steps), on the log",
                if: row.part == "engine" && row.name == "linear" && row.variant?.hasSuffix("by hand") == true)
        },
        floor: bareDisk, hasFloor: { $0.durability == .synced })

    private static let runners = Curve(
        title: "Who runs the flows, and where",
        explanation:
            "Flows of 100 steps on the log, with numbers as values but for one line. Tasks run on the log's threads unless an option "
            + "says otherwise. A service adds a submission and a wake-up to each flow.",
        xLabel: "flows at once", yLabel: "steps/s",
        places: { row in
            // Without "on the log": the last words say what differs.
            let runner = row.variant?.split(separator: ", ").last.map(String.init) ?? ""
            let belongs = row.part == "engine" && row.durability == .synced && row.parameters["steps"] == 100
            let line = row.name == "linear" ? runner : "\(runner), with orders"
            return value(of: row, over: "flows", in: line, if: belongs)
        },
        floor: bareDisk)

    private static let signals = Curve(
        title: "Signals against instances",
        explanation:
            "A round trip is three commits of an instance, one after the other, which it shares with the other instances: the rate grows "
            + "with their number until processors are busy.",
        xLabel: "instances parked and signalled", yLabel: "round trips/s",
        places: { value(of: $0, over: "instances", in: $0.variant ?? "", if: $0.part == "signals") },
        floor: bareDisk)

    private static let fanOut = Curve(
        title: "Fan-out against branches",
        explanation:
            "Branches that run at the same time share commits. In a map of 16 at a time that many steps go into a commit, however "
            + "many are to come: the line comes to a level, and what is before and behind the branches weighs less and less. Without a "
            + "limit the rate grows until processors are busy. A line that falls is work that grows faster than the branches do.",
        xLabel: "branches of one flow", yLabel: "branches/s",
        places: { row in
            let shape = row.variant?.replacing(" (the default)", with: "") ?? ""
            return value(of: row, over: "branches", in: shape, if: row.part == "fan-out")
        },
        floor: bareDisk)
}
