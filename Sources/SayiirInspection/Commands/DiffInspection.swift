internal import SayiirEvents
internal import SayiirLog

/// Two runs side by side.
package struct DiffInspection: Inspection {
    /// The first instance; `nil` for the one that a bundle is about.
    package var first: String?
    /// The second instance; `nil` for the one that a bundle is about, or for the first one in another log.
    package var second: String?
    /// The log or the bundle of the second one, if it is another.
    package var otherDirectory: String?

    package init(_ first: String?, _ second: String?) {
        self.first = first
        self.second = second
    }

    package var readsBundles: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let other = try otherLog(than: log)
        let names = try names(in: log, other)
        let left = try story(of: names.first, in: log, console)
        let right = try story(of: names.second, in: other ?? log, console)
        let comparison = RunComparison(left.story, right.story)
        if console.style.isJSON {
            try console.output.line(comparison.json(console.style))
        } else {
            for line in ComparisonText(comparison: comparison, style: console.style).lines {
                try console.output.line(line)
            }
        }
        let status = try left.problems.conclude()
        guard other != nil else { return status }
        let otherStatus = try right.problems.conclude()
        return status == .clean ? otherStatus : status
    }

    private func otherLog(than log: LogSource) throws -> LogSource? {
        guard let otherDirectory else { return nil }
        var other = LogSource(directory: otherDirectory, fileSystem: log.fileSystem)
        other.bundle = try other.readBundle()
        return other
    }

    /// A name alone is that of the one that is not in a bundle.
    private func names(in log: LogSource, _ other: LogSource?) throws -> (first: String, second: String) {
        guard let other else {
            guard log.bundle == nil else {
                throw InspectionError(
                    "a case bundle holds one run: name with --other-dir the log or the bundle of the other.")
            }
            guard let first, let second else { throw InspectionError("name two instances, or --other-dir.") }
            return (first, second)
        }
        if let bundle = log.bundle, let first, second == nil, other.bundle == nil { return (bundle.key, first) }
        let first = try log.instance(first)
        return (first, second ?? other.bundle?.key ?? first)
    }

    private func story(
        of instance: String, in log: LogSource, _ console: Console
    ) throws -> (story: Story, problems: Problems) {
        let problems = Problems(console)
        guard let story = StoryBuilder.story(of: try log.readEvents(of: instance, problems)) else {
            throw try log.unknownInstance(instance)
        }
        return (story, problems)
    }
}
