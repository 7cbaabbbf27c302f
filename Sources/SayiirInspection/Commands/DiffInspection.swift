internal import SayiirEvents
internal import SayiirLog

/// Two runs side by side.
package struct DiffInspection: Inspection {
    package var first: String
    package var second: String
    /// The log of the second one, if it is another.
    package var otherDirectory: String?

    package init(_ first: String, _ second: String) {
        self.first = first
        self.second = second
    }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let left = try story(of: first, in: log, console)
        let other = otherDirectory.map { LogSource(directory: $0, fileSystem: log.fileSystem) } ?? log
        let right = try story(of: second, in: other, console)
        let comparison = RunComparison(left.story, right.story)
        if console.style.isJSON {
            try console.output.line(comparison.json(console.style))
        } else {
            for line in ComparisonText(comparison: comparison, style: console.style).lines {
                try console.output.line(line)
            }
        }
        let status = try left.problems.conclude()
        guard otherDirectory != nil else { return status }
        let otherStatus = try right.problems.conclude()
        return status == .clean ? otherStatus : status
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
