import SayiirEvents

extension InstanceState {
    /// What a person wants to know beside the status: what the instance waits for, who stopped it, why it failed. Not yet
    /// safe to be shown on a terminal.
    package var statusDetail: String {
        let detail =
            switch status {
            case .unsubmitted:
                mailbox.isEmpty ? "" : "\(mailbox.count) signal\(mailbox.count == 1 ? "" : "s") waiting for it"
            case .inProgress: activityWords
            case .waiting(let step, let until): "\(step.description) until \(until.dateAndTime)"
            case .awaitingSignal(let step, let signal, let deadline):
                "'\(signal)' at \(step.description)" + (deadline.map { ", until \($0.dateAndTime)" } ?? "")
            case .inDoubt(let step): "\(step.description): somebody has to decide how it ended"
            case .stuck(let step, let value): "\(step.description): \(value.description)"
            case .paused(let request), .cancelled(let request): request.words
            case .failed(let failure):
                (failedStep.map { $0.description + ": " } ?? "") + failure.description
            case .completed, .superseded, .deleted: ""
            }
        guard hasUnknownEvents else { return detail }
        return detail.isEmpty ? "has events of a newer version" : detail + " (has events of a newer version)"
    }

    /// What an instance in progress is at.
    private var activityWords: String {
        var words: [String] = []
        for state in steps.open {
            let name = state.step.description
            switch state.status {
            case .running: words.append(state.attempt > 1 ? "\(name), attempt \(state.attempt)" : name)
            case .waitingToRetry(let time): words.append("\(name), next attempt at \(time.timeOfDay)")
            case .failed: words.append("\(name) failed")
            case .ready: words.append("\(name), to run again")
            default: break
            }
        }
        if let request = cancelRequest { words.append("cancellation requested \(request.words)") }
        if let request = pauseRequest { words.append("pause requested \(request.words)") }
        return words.count > 3
            ? words[..<2].joined(separator: "; ") + "; \(words.count - 2) more"
            : words.joined(separator: "; ")
    }
}

extension ControlRequest {
    /// `by ops: maintenance`, as far as it is known. Not yet safe to be shown on a terminal.
    package var words: String {
        switch (actor, reason) {
        case (let actor?, let reason?): "by \(actor): \(reason)"
        case (let actor?, nil): "by \(actor)"
        case (nil, let reason?): reason
        case (nil, nil): ""
        }
    }
}
