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

    init(_ instances: [InstanceOverview]) { table.rows = instances.map(Self.row) }

    func lines(_ style: Style) -> [String] { table.rows.isEmpty ? ["No instances."] : table.lines(style) }

    private static func row(_ instance: InstanceOverview) -> [Table.Cell] {
        [
            Table.Cell(safe(instance.id)), Table.Cell(safe(instance.workflow)),
            Table.Cell(instance.status.words, instance.status.colour),
            Table.Cell("\(instance.stepsDone)/\(instance.stepsBegun)"),
            Table.Cell(instance.submittedAt?.dateAndTime ?? "-"), Table.Cell(updateWords(instance)),
            Table.Cell(instance.duration?.words ?? "-"), Table.Cell(safe(instance.detail)),
        ]
    }

    /// The time of day, with the date only if it is not the day of the submission.
    private static func updateWords(_ instance: InstanceOverview) -> String {
        guard let updated = instance.updatedAt else { return "-" }
        return updated.date == instance.submittedAt?.date ? updated.timeOfDay : updated.dateAndTime
    }
}

extension InstanceOverview {
    /// The instance as one JSON object without its steps.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.summary(self)
        writer.endObject()
        return writer.text
    }
}

extension JSONWriter {
    /// Writes the members that `list` and `show` share.
    mutating func summary(_ instance: InstanceOverview) {
        member("instance", instance.id)
        member("workflow", instance.workflow)
        member("status", instance.status.rawValue)
        optional("detail", instance.detail.isEmpty ? nil : instance.detail)
        member("run", instance.run)
        member("revision", instance.revision)
        member("steps_done", instance.stepsDone)
        member("steps_begun", instance.stepsBegun)
        optional("definition", instance.definition?.description)
        optional("submitted", instance.submittedAt?.description)
        optional("updated", instance.updatedAt?.description)
        optional("ended", instance.endedAt?.description)
        if let duration = instance.duration { seconds("duration_seconds", duration) }
    }
}
