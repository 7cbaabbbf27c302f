internal import SayiirEvents
internal import SayiirProjection

extension Story {
    /// The values that came with what happened, each with the name of where it belongs, not yet safe to be shown.
    var values: [(name: String, payload: Payload)] {
        var values: [(name: String, payload: Payload)] = []
        if let input = state.input { values.append(("input", input)) }
        if let metadata = state.metadata { values.append(("metadata", metadata)) }
        for chapter in chapters {
            switch chapter {
            case .step(let step):
                if let output = step.output { values.append((step.step.description, output)) }
            case .moment(let moment):
                if let payload = moment.payload { values.append((moment.text, payload)) }
            }
        }
        return values
    }

    /// All values in full, each below its name.
    func valueLines(_ style: Style) -> [String] {
        values.flatMap { value in
            let payload = value.payload
            let size = "\(counted(payload.bytes.count, "byte")) of \(safe(payload.codec))"
            let title = style.paint(safe(value.name), .bold) + "  " + style.paint(size, .dim)
            return ["", title] + prettyLines(of: payload, style).map { "  " + $0 }
        }
    }
}
