internal import SayiirEvents
internal import SayiirProjection

/// What `list` shows: one instance a line.
struct InstanceTable {
    private var table = Table(columns: [
        Table.Column(title: "ID", smallestWidth: 16), Table.Column(title: "WORKFLOW", dropRank: 6, smallestWidth: 8),
        Table.Column(title: "STATUS"), Table.Column(title: "STEPS", isRightAligned: true, dropRank: 4),
        Table.Column(title: "SUBMITTED (UTC)", dropRank: 2), Table.Column(title: "UPDATED", dropRank: 1),
        Table.Column(title: "DURATION", isRightAligned: true, dropRank: 3),
        Table.Column(title: "DETAILS", dropRank: 5, smallestWidth: 20),
    ])

    init(_ states: [InstanceState]) { table.rows = states.map(Self.row) }

    func lines(_ style: Style) -> [String] { table.rows.isEmpty ? ["No instances."] : table.lines(style) }

    private static func row(_ state: InstanceState) -> [Table.Cell] {
        let status = state.status.name
        return [
            Table.Cell(safe(state.id.rawValue)), Table.Cell(safe(state.workflow)),
            Table.Cell(status.words, status.colour), Table.Cell(state.stepCountWords),
            Table.Cell(state.submittedAt?.dateAndTime ?? "-"), Table.Cell(updateWords(state)),
            Table.Cell(state.duration?.words ?? "-"), Table.Cell(safe(state.statusDetail)),
        ]
    }

    /// The time of day, with the date only if it is not the day of the submission.
    private static func updateWords(_ state: InstanceState) -> String {
        guard let updated = state.updatedAt else { return "-" }
        return updated.date == state.submittedAt?.date ? updated.timeOfDay : updated.dateAndTime
    }
}

extension InstanceState {
    /// How many steps are done, of those that have begun.
    fileprivate var stepCountWords: String { "\(steps.completedCount)/\(steps.count)" }

    /// The instance as one JSON object without its steps.
    var summaryJSON: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.summary(self)
        writer.endObject()
        return writer.text
    }
}

extension JSONWriter {
    /// Writes the members that `list` and `show` share.
    mutating func summary(_ state: InstanceState) {
        name("instance")
        string(state.id.rawValue)
        name("workflow")
        string(state.workflow)
        name("status")
        string(state.status.name.rawValue)
        let detail = state.statusDetail
        optional("detail", detail.isEmpty ? nil : detail)
        name("run")
        number(state.run)
        name("revision")
        number(state.revision)
        name("steps_done")
        number(state.steps.completedCount)
        name("steps_begun")
        number(state.steps.count)
        optional("definition", state.definition?.description)
        optional("submitted", state.submittedAt?.description)
        optional("updated", state.updatedAt?.description)
        optional("ended", state.endedAt?.description)
        if let duration = state.duration { seconds("duration_seconds", duration) }
    }

    /// Writes a duration in seconds.
    mutating func seconds(_ name: StaticString, _ duration: Duration) {
        self.name(name)
        raw(decimalSeconds(nanoseconds: duration.saturatedNanoseconds))
    }
}
