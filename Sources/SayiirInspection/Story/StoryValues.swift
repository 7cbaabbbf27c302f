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
            case .folded: break
            }
        }
        return values
    }

    /// How long the run took, or has taken so far, behind its status.
    var durationWords: String {
        guard let duration = state.duration else { return "" }
        return state.phase.isEnded ? " after \(duration.words)" : ", \(duration.words) so far"
    }

    /// The name, indented under what the step is in, cut so that its kind can still be read.
    func name(of step: StepStory, to width: Int) -> String {
        let indent = indent(of: step)
        let kind = step.kind == .task ? "" : " (\(step.kind.rawValue))"
        let room = max(1, width - indent.count - kind.count)
        return indent + safe(step.step.description).shortened(to: room) + kind
    }

    /// The name of an attempt at a step, below the step's.
    func name(of attempt: Attempt, at step: StepStory) -> String {
        "\(indent(of: step))  #\(attempt.number) \(attempt.outcome.words)"
    }

    private func indent(of step: StepStory) -> String { String(repeating: "  ", count: min(depth(of: step.step), 6)) }

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
