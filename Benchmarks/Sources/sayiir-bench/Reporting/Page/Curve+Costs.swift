extension Curve {
    /// What something costs as it grows.
    static let costs = [processorTime, history, scaling, opening, lookingUp, memory]

    private static let processorTime = Curve(
        title: "Processor time of an operation",
        explanation:
            "The system's work for a write, a sync and a change of threads is divided by all that share a commit, so the lines fall "
            + "first. What they come to is the operation's own: encoding, hashing, compressing, deciding, and waking a task.",
        xLabel: "writers or flows at once", yLabel: "µs of processors",
        places: { row in
            guard let time = row.processorMicroseconds else { return [] }
            if row.part == "log", let writers = row.parameters["writers"] {
                return [
                    (
                        row.variant == LogPart.Place.pool.rawValue ? "append, pool" : "append, log's threads", writers,
                        time
                    )
                ]
            }
            guard row.part == "engine", row.variant?.hasSuffix("by hand") == true, row.parameters["steps"] == 100,
                let flows = row.parameters["flows"]
            else { return [] }
            let onLog = row.name == "linear" ? "step on the log" : "step with orders"
            return [(row.durability == .memory ? "step in memory" : onLog, flows, time)]
        })

    private static let history = Curve(
        title: "Time of a step against the history's length",
        explanation:
            "Level (slope 0) if a step costs the same however much came before it: the run keeps its state, and appends without "
            + "reading. A slope would be work that grows with the history at each step.",
        xLabel: "steps of the flow", yLabel: "µs/step",
        places: { value(of: $0, over: "steps", in: "on the log, one flow", if: $0.part == "history") },
        floor: "write+fdatasync, pre-zeroed")

    private static let scaling = Curve(
        title: "Time of a step in memory against the workflow's size",
        explanation:
            "The same without the disk, which would hide a small slope. Running walks the graph once, and defining builds it once: both are "
            + "level, but for what is done once for each flow.",
        xLabel: "steps or elements", yLabel: "µs/step",
        places: { row in
            let belongs = row.part == "scaling" && (row.name.hasSuffix("running") || row.name == "flow, defining")
            return value(of: row, over: "steps", in: row.name, if: belongs)
                + value(of: row, over: "elements", in: row.name, if: belongs)
        })

    private static let opening = Curve(
        title: "Time to open against the log's size",
        explanation:
            "Nearly level: opening reads the newest snapshot, which is as large as the live instances, of which there are equally many at "
            + "all sizes, and what was appended behind it. What rises is the room behind the last frame, which must be zeros: larger logs "
            + "have larger segments, up to a limit. It does not read the log.",
        xLabel: "events in the log", yLabel: "ms",
        places: {
            value(of: $0, over: "events", in: "clean open", if: $0.part == "storage" && $0.name == "clean open")
        },
        floor: "reading the snapshot and hashing it")

    private static let lookingUp = Curve(
        title: "Time to find one instance against the log's size",
        explanation:
            "Nearly level: filters in memory say which segments can have the instance. What rises is the number of segments, each a "
            + "look at memory, and the chance that a filter says yes for nothing.",
        xLabel: "events in the log", yLabel: "µs",
        places: {
            percentiles(of: $0, over: "events", in: "", if: $0.part == "storage" && $0.latency?.subject == "look-up")
        })

    private static let memory = Curve(
        title: "Memory against parked instances",
        explanation:
            "A parked instance is its encoded state and a place in a table: the bytes of each do not depend on how many there are "
            + "(slope 0). What the process needs anyway shows where they are few.",
        xLabel: "parked instances", yLabel: "bytes each",
        places: { row in
            value(
                of: row, over: "instances", in: row.variant ?? row.name,
                if: row.part == "giants" && row.unit.hasPrefix("bytes"))
        })
}
