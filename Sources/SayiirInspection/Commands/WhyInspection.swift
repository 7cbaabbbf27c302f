internal import SayiirEvents
internal import SayiirLog

/// What one instance waits for and what would wake it, or what ended it.
package struct WhyInspection: Inspection {
    /// The instance; `nil` for the one that a bundle is about.
    package var instance: String?
    /// What time it is: for how long things wait, and whether they are late.
    var now: () -> Timestamp = SystemClock.now

    package init(_ instance: String?) { self.instance = instance }

    package var readsBundles: Bool { true }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let problems = Problems(console)
        let instance = try log.instance(instance)
        let history = try log.history(of: instance, problems)
        problems.assessment = history.assessment
        guard var story = StoryBuilder.story(of: history.entries.compactMap(\.recordedEvent)) else {
            return try problems.conclude()
        }
        story.find(in: history.definitions)
        let reasons = Reasons(story, try log.attendance(of: instance), served: history.served, now: now())
        if console.style.isJSON {
            try console.output.line(reasons.json)
        } else {
            for line in try log.moveLines(console.style) { try console.output.line(line) }
            for line in reasons.lines(console.style) { try console.output.line(line) }
        }
        return try problems.conclude()
    }
}
