internal import SayiirEvents
internal import SayiirProjection

extension Reasons {
    /// All of it as text: the status, then each reason with what would change it.
    func lines(_ style: Style) -> [String] {
        let status = state.status.statusName
        let workflow = state.workflow.isEmpty ? "" : "  \(safe(state.workflow))"
        let used = 2 + status.words.count + workflow.displayWidth
        let id = safe(state.id.rawValue).shortened(to: max(0, (style.width ?? .max) - used))
        var lines = [
            style.paint(id, .bold) + "  " + style.paint(status.words, status.colour) + style.paint(workflow, .dim)
        ]
        for reason in all {
            let words = words(for: reason)
            lines.append("")
            lines += wrapped(words.fact, to: style.width, first: "  ", indent: "  ")
            guard !words.wakes.isEmpty else { continue }
            lines += wrapped(words.wakes, to: style.width, first: "  → ", indent: "    ", keeping: words.call)
        }
        if let unattendedWords {
            lines.append("")
            lines += wrapped(unattendedWords, to: style.width, first: "  ", indent: "  ")
                .map { style.paint($0, .yellow) }
        }
        return lines
    }

    /// One object, with the members that docs/INSPECT.md lists.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("instance", state.id.rawValue)
        writer.member("workflow", state.workflow)
        writer.member("status", state.status.name)
        writer.member("asked_at", now.description)
        writer.attendance(attendance)
        if case .bundle = attendance {} else { writer.optional("unattended", unattendedWords) }
        writer.objects("reasons", all) { $0.reason($1, words(for: $1), terms(of: $1.step)) }
        writer.endObject()
        return writer.text
    }
}

extension JSONWriter {
    /// Writes who could run the instance.
    fileprivate mutating func attendance(_ attendance: Attendance) {
        switch attendance {
        case .log(let writer): optional("writer", writer)
        case .bundle: break
        case .moved(let destination): member("moved_to", destination)
        case .store(let lease):
            optional("executor", lease.executor)
            optional("lease_until", lease.executor == nil ? nil : lease.until?.description)
            optional("ready", lease.readyAt?.description)
        }
    }

    fileprivate mutating func reason(_ reason: Reason, _ words: ReasonWords, _ terms: Outline.Terms?) {
        member("reason", reason.cause.name)
        optional("step", reason.step?.description)
        optional("since", reason.since?.description)
        optional("due", reason.cause.due?.description)
        details(of: reason.cause)
        if let terms { self.terms(terms, of: reason.cause) }
        member("text", words.fact)
        optional("wakes", words.wakes.isEmpty ? nil : words.wakes)
    }

    private mutating func terms(_ terms: Outline.Terms, of cause: Reason.Cause) {
        switch cause {
        case .signal: member("has_fallback", terms.hasFallback)
        case .retry: member("max_retries", terms.maxRetries)
        case .running: member("at_most_once", terms.isAtMostOnce)
        default: break
        }
    }

    private mutating func details(of cause: Reason.Cause) {
        switch cause {
        case .signal(let name, _, let arrivedAt):
            member("signal", name)
            optional("arrived", arrivedAt?.description)
        case .retry(_, let attempt, let failures, let failure):
            member("attempt", attempt)
            member("failures", failures)
            if let failure { error(failure) }
        case .running(let attempt, let executor), .inDoubt(let attempt, let executor):
            member("attempt", attempt)
            optional("executor", executor.isEmpty ? nil : executor)
        case .ready(let attempt): member("attempt", attempt)
        case .failed(let failure, let attempts):
            member("attempt", attempts)
            error(failure)
        case .stepFailed(let failure): error(failure)
        case .stuck(let value): undecodable(value)
        case .signalRejected(let name, let value):
            member("signal", name)
            undecodable(value)
        case .fork(let open, let count):
            strings("open", open)
            member("of", count)
        case .map(let open, let count):
            member("open_count", open.count)
            member("of", count)
        case .route(let key, _): member("branch", key)
        case .loop(let iterations): member("iterations", iterations)
        case .child(let workflow, let open):
            member("child", workflow)
            strings("open", open.map(\.description))
        case .unserved(let workflow): member("workflow", workflow)
        case .notBegun(let tags): strings("tags", tags)
        case .unclaimedSignals(let names): strings("signals", names)
        case .paused(let request), .pauseRequested(let request), .cancelRequested(let request),
            .cancelled(let request, _):
            optional("actor", request.actor)
            optional("because", request.reason)
        case .delay, .betweenSteps, .completed, .superseded, .deleted, .unsubmitted, .newerEvents: break
        }
    }

    private mutating func undecodable(_ value: UndecodableValue) {
        member("codec", value.codec)
        member("expected", value.expected)
        optional("path", value.path.isEmpty ? nil : value.path)
        member("reason", value.reason)
    }
}
