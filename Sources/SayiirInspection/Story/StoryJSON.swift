internal import SayiirEvents
internal import SayiirProjection

extension Story {
    /// The story as one JSON object: the members of `list`, then `input`, `output`, `metadata`, `priority`, `tags`, `deadline`,
    /// `trace_context`, `error`, `steps` and `anomalies`.
    func json(_ style: Style) -> String {
        var writer = style.writer
        writer.beginObject()
        writer.summary(InstanceOverview(state))
        writer.member("priority", state.priority)
        writer.strings("tags", state.tags)
        if let origin {
            writer.member("derived_from", origin.source)
            writer.member("derived_revision", origin.revision)
        }
        if !forks.isEmpty { writer.strings("forks", forks) }
        writer.optional("deadline", state.deadline?.description)
        if let trace = state.traceContext {
            writer.name("trace_context")
            writer.beginObject()
            for (name, value) in trace.usableFields.sorted(by: { $0.key < $1.key }) {
                writer.name(name)
                writer.string(value)
            }
            writer.endObject()
        }
        writer.payload("input", state.input)
        writer.payload("metadata", state.metadata)
        writer.payload("output", state.output)
        if let failure = state.failure { writer.error(failure) }
        writer.name("steps")
        writer.beginArray()
        for case .step(let step) in chapters { writer.step(step) }
        writer.endArray()
        writer.strings("anomalies", state.anomalies.map(\.description))
        writer.endObject()
        return writer.text
    }
}

extension JSONWriter {
    fileprivate mutating func payload(_ name: StaticString, _ payload: Payload?) {
        guard let payload else { return }
        self.name(name)
        self.payload(payload)
    }

    fileprivate mutating func step(_ step: StepStory) {
        beginObject()
        member("step", step.step.description)
        member("kind", step.kind.rawValue)
        member("status", step.outcome.rawValue)
        optional("note", step.note.isEmpty ? nil : step.note)
        member("started", step.startedAt.description)
        if let ended = step.endedAt {
            member("ended", ended.description)
            seconds("duration_seconds", ended - step.startedAt)
        }
        name("attempts")
        beginArray()
        for attempt in step.attempts { self.attempt(attempt) }
        endArray()
        payload("output", step.output)
        endObject()
    }

    private mutating func attempt(_ attempt: Attempt) {
        beginObject()
        member("attempt", attempt.number)
        member("status", attempt.outcome.rawValue)
        member("executor", attempt.executor)
        member("started", attempt.startedAt.description)
        optional("ended", attempt.endedAt?.description)
        optional("detail", attempt.detail.isEmpty ? nil : attempt.detail)
        optional("next_not_before", attempt.retryAt?.description)
        endObject()
    }
}
