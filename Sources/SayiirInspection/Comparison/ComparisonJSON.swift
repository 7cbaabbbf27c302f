internal import SayiirEvents
internal import SayiirProjection

extension RunComparison {
    /// The comparison as one JSON object: `a`, `b`, `same`, `first_difference` and `steps`.
    func json(_ style: Style) -> String {
        var writer = style.writer
        writer.beginObject()
        for (name, story) in [("a", first), ("b", second)] {
            writer.name(name)
            writer.beginObject()
            writer.summary(InstanceOverview(story.state))
            writer.endObject()
        }
        writer.member("same", firstDifference == nil)
        if let difference = firstDifference {
            writer.name("first_difference")
            writer.beginObject()
            writer.member("aspect", difference.aspect.rawValue)
            writer.optional("step", difference.row.map { rows[$0].step.description })
            writer.member("sentence", ComparisonText(comparison: self, style: style).sentence)
            writer.endObject()
        }
        writer.objects("steps", rows) { writer, row in
            writer.member("step", row.step.description)
            writer.member("occurrence", row.occurrence)
            writer.side("a", row.first)
            writer.side("b", row.second)
            if let difference = difference(of: row) { writer.seconds("difference_seconds", difference) }
            writer.name("different")
            writer.beginArray()
            for aspect in row.aspects { writer.string(aspect.rawValue) }
            writer.endArray()
        }
        writer.endObject()
        return writer.text
    }
}

extension JSONWriter {
    fileprivate mutating func side(_ name: String, _ step: StepStory?) {
        guard let step else { return }
        self.name(name)
        beginObject()
        member("status", step.outcome.rawValue)
        member("attempts", step.attempts.count)
        if let duration = step.duration { seconds("duration_seconds", duration) }
        endObject()
    }
}
