internal import SayiirEvents
internal import SayiirProjection

/// A reason in plain sentences. They are safe to be shown on a terminal.
struct ReasonWords {
    /// What is so.
    var fact: String
    /// What would change it; empty if nothing has to or can.
    var wakes = ""
    /// The code in that, which is to be copied.
    var call = ""
}

extension Reasons {
    /// The reason in words.
    func words(for reason: Reason) -> ReasonWords {
        var words = ownWords(for: reason)
        guard isLive else { return words }
        if case .moved = attendance {
            // Whatever would change it happens where the instance is now.
            (words.wakes, words.call) = ("", "")
        } else if let stop = PendingStop(state), let wakes = stopWords(stop, reason.cause) {
            (words.wakes, words.call) = (wakes, stop == .cancelAfterPause ? unpause : "")
        }
        return words
    }

    private func ownWords(for reason: Reason) -> ReasonWords {
        let step = reason.step.map { safe($0.description) } ?? ""
        switch reason.cause {
        case .delay, .signal, .retry: return waitingWords(reason, step)
        case .running, .ready, .inDoubt, .stuck, .stepFailed: return taskWords(reason, step)
        case .fork, .map, .route, .loop, .child: return holdingWords(reason.cause, step)
        case .unserved, .notBegun, .betweenSteps: return idleWords(reason)
        case .paused, .pauseRequested, .cancelRequested: return requestWords(reason.cause)
        case .signalRejected, .unclaimedSignals, .unsubmitted, .newerEvents: return remarkWords(reason)
        case .completed, .failed, .cancelled, .superseded, .deleted: return endWords(reason, step)
        }
    }

    /// What holds all of it up: nobody runs the instance.
    var unattendedWords: String? {
        guard isLive else { return nil }
        switch attendance {
        case .bundle:
            return "A case bundle tells neither who runs it nor what happened since. Ask the log itself for that."
        case .moved(let destination):
            return "Nobody runs it here: it was moved to \(safe(destination)). What happened to it since is told there."
        case .log(let writer):
            guard writer == nil else { return nil }
            return "Nobody runs it: no process has the log open. \(startWords)"
        case .store(let lease):
            // Who waits needs nobody until that is over.
            guard lease.executor == nil, let since = lease.readyAt, now - since > Self.patience else { return nil }
            return
                "Nobody runs it, though it has been due since \(since.dateAndTime) UTC: no worker has its lease. A worker takes it up that "
                + "has registered its definition and offers its tags."
        }
    }

    /// What starting the engine brings about.
    private var startWords: String {
        if state.phase == .paused { return "An engine alone does not continue it: the pause has to end as well." }
        if let stop = PendingStop(state) {
            return "Start the engine; it \(stop == .pause ? "pauses" : "cancels") the instance then."
        }
        guard !all.contains(where: \.cause.canMove) else {
            return "Start the engine; it takes the instance up then."
        }
        return "An engine alone does not continue it: what stands above has to be decided as well."
    }

    // MARK: Waits

    private func waitingWords(_ reason: Reason, _ step: String) -> ReasonWords {
        switch reason.cause {
        case .delay(let until):
            return ReasonWords(
                fact: "\(step) is a delay\(since(reason)).",
                wakes: "It \(until > now ? "is" : "was") over \(at(until)).\(overdueWords(until))")
        case .signal(let name, let deadline, let arrivedAt):
            let name = safe(name)
            let call = "client.signal(\"\(name)\", to: \"\(id)\", payload: …)"
            var wakes =
                arrivedAt.map {
                    "One has arrived \(at($0)): whoever runs the instance takes it next."
                } ?? "It goes on when somebody sends it: \(call)."
            if let deadline {
                wakes +=
                    " The wait \(deadline > now ? "times out" : "was to time out") \(at(deadline)): \(timeoutWords(reason.step))"
                    + overdueWords(deadline)
            } else if arrivedAt == nil {
                wakes += " It waits for ever."
            }
            return ReasonWords(
                fact: "\(step) waits for the signal '\(name)'\(since(reason)).", wakes: wakes, call: call)
        case .retry(let time, let attempt, let failures, let failure):
            let error = failure.map { ", the last with \(safe($0.description))" } ?? ""
            let begins = time > now ? "begins" : "was to begin"
            return ReasonWords(
                fact:
                    "\(step) waits to be tried again\(since(reason)), after \(counted(UInt64(failures), "failure"))\(error).",
                wakes: "Attempt \(attempt) \(begins) \(at(time))\(retryWords(reason.step))" + overdueWords(time))
        default: return ReasonWords(fact: "")
        }
    }

    /// What happens when a wait for a signal times out.
    private func timeoutWords(_ step: Step?) -> String {
        switch terms(of: step)?.hasFallback {
        case true?: "the workflow then goes on with the fallback that its definition has for this."
        case false?: "the workflow then fails, as its definition has no fallback for this."
        case nil:
            "the workflow then fails, or goes on with the fallback that its definition may have for this; the log does not "
                + "hold the definition."
        }
    }

    /// How often a task is tried again.
    private func retryWords(_ step: Step?) -> String {
        guard let retries = terms(of: step)?.maxRetries else {
            return "; how many are allowed, only the definition says, which the log does not hold."
        }
        return "; its definition allows \(counted(retries, "retry", plural: "retries"))."
    }

    /// What the definition says of a step, if the log holds it.
    func terms(of step: Step?) -> Outline.Terms? { step.flatMap { outline?.terms(of: $0.node) } }

    /// A process that has the log open does not necessarily run this instance. One that is paused is late for that reason.
    private func overdueWords(_ due: Timestamp) -> String {
        guard state.phase == .active, now - due > Self.patience else { return "" }
        switch attendance {
        case .bundle, .log(nil), .moved: return ""
        case .log(let writer?):
            return
                " That is late: \(safe(writer)) has the log open, but seems not to run this instance. An engine takes it up when it "
                + "runs as a service that knows the workflow, or by resume(_:id:)."
        case .store(let lease):
            return lease.executor.map { " That is late: \(safe($0)) has its lease, but seems to do nothing." } ?? ""
        }
    }

    /// How much later than due a wake-up may be before something seems to be missing.
    private static let patience = Duration.seconds(10)

    // MARK: Tasks

    private func taskWords(_ reason: Reason, _ step: String) -> ReasonWords {
        switch reason.cause {
        case .running(let attempt, let executor): return runningWords(reason, step, attempt, executor)
        case .ready(let attempt):
            return ReasonWords(
                fact: "\(step) is ready to run again\(since(reason)).",
                wakes: "Attempt \(attempt) begins when an engine takes the instance up.")
        case .inDoubt(let attempt, let executor):
            let place = executor.isEmpty ? "" : " on \(safe(executor))"
            let call = "client.resolveDoubt(of: \(code(reason.step)), in: \"\(id)\", as: …)"
            return ReasonWords(
                fact:
                    "\(step) is in doubt: attempt \(attempt) began \(at(reason.since))\(place), was interrupted, and may have "
                    + "done its work. It must not run twice, so nothing goes on by itself.",
                wakes:
                    "A person finds out what happened and decides: \(call) with .rerun to run it again, .completed(output) if it "
                    + "had completed, or .failed(error) if it had not.",
                call: call)
        case .stuck(let value):
            return ReasonWords(
                fact: "\(step) is stuck\(since(reason)): \(safe(value.description)). No code of the step ran.",
                wakes:
                    "Deploy a program that can decode the value; it continues the instance when it starts, or by "
                    + "engine.resume. Cancel the instance if the value is of no use: \(cancelCall).",
                call: cancelCall)
        case .stepFailed(let failure):
            return ReasonWords(
                fact: "\(step) failed \(at(reason.since)) with \(safe(failure.description)).",
                wakes: "What follows was not recorded yet: whoever runs the instance tries it again or ends the run.")
        default: return ReasonWords(fact: "")
        }
    }

    private func runningWords(_ reason: Reason, _ step: String, _ attempt: UInt32, _ executor: String) -> ReasonWords {
        let place = executor.isEmpty ? "" : " on \(safe(executor))"
        let next = attempt.addingReportingOverflow(1).partialValue
        let holder: String
        switch attendance {
        case .log(let writer?): holder = "\(capitalized(safe(writer))) has the log open"
        case .store(let lease) where lease.executor != nil:
            holder =
                "\(capitalized(safe(lease.executor ?? ""))) has its lease"
                + (lease.until.map { " until \($0.dateAndTime) UTC, unless that is renewed" } ?? "")
        case .bundle, .log, .store, .moved:
            var words = ""
            if case .bundle = attendance {} else { words = " It does not run: \(attendance.absenceWords)." }
            return ReasonWords(
                fact:
                    "\(step) was started \(at(reason.since))\(place) as attempt \(attempt), and no end of it was recorded."
                    + words,
                wakes: nextAttemptWords(next, reason.step))
        }
        return ReasonWords(
            fact: "\(step) runs\(since(reason))\(place): attempt \(attempt).",
            wakes:
                "It ends when the task returns, fails or runs out of time. \(holder); if "
                + "that is not who started the attempt, it was interrupted, and the next one begins when the instance is taken up."
        )
    }

    private func nextAttemptWords(_ next: UInt32, _ step: Step?) -> String {
        switch terms(of: step)?.isAtMostOnce {
        case true?:
            "It may run at most once: when an engine takes the instance up, it is in doubt, and a person has to decide."
        case false?: "Attempt \(next) begins when an engine takes the instance up."
        case nil:
            "Attempt \(next) begins when an engine takes the instance up. If the task may run at most once, it is in "
                + "doubt then, and a person has to decide."
        }
    }

    // MARK: Nodes that hold others

    private func holdingWords(_ cause: Reason.Cause, _ step: String) -> ReasonWords {
        switch cause {
        case .fork(let open, let count):
            return ReasonWords(
                fact: "\(step) is a fork: \(open.count) of \(counted(count, "branch", plural: "branches")) not finished"
                    + "\(list(open)).")
        case .map(let open, let count):
            return ReasonWords(
                fact: "\(step) is a map: \(grouped(open.count)) of \(counted(UInt64(count), "element")) not finished"
                    + "\(list(open.first.map(String.init), of: Int(open.count))).")
        case .route(let key, let isDefault):
            let branch = isDefault ? "the default branch, for '\(safe(key))'" : "the branch '\(safe(key))'"
            return ReasonWords(fact: "\(step) is a route: it took \(branch), which is not finished.")
        case .loop(let iterations):
            return ReasonWords(fact: "\(step) is a loop: iteration \(grouped(UInt64(iterations) + 1)) is under way.")
        case .child(let workflow, let open):
            let steps = list(open.map(\.description))
            return ReasonWords(
                fact: "\(step) is the workflow '\(safe(workflow))' as a part of this one, not finished\(steps).")
        default: return ReasonWords(fact: "")
        }
    }

    /// `: a, b, c and 4 more`, or nothing.
    private func list(_ names: [String], of count: Int? = nil) -> String {
        guard !names.isEmpty else { return "" }
        let shown = names.prefix(5)
        let rest = (count ?? names.count) - shown.count
        return ": " + shown.map(safe).joined(separator: ", ") + (rest > 0 ? " and \(grouped(UInt64(rest))) more" : "")
    }

    // MARK: Instances that stand still

    private func idleWords(_ reason: Reason) -> ReasonWords {
        let tags =
            "An engine that offers only some tags leaves tasks with others to its like; which tags a task has, the log does "
            + "not tell."
        switch reason.cause {
        case .unserved(let workflow):
            let definition = state.definition?.short ?? "none"
            return ReasonWords(
                fact:
                    "No service serves it: its workflow '\(safe(workflow))' with the definition \(definition) was not registered with "
                    + "the service that ran last.",
                wakes:
                    "Register the workflow that it was submitted with, also beside a newer version; or cancel it, which needs no "
                    + "code: \(cancelCall).", call: cancelCall)
        case .notBegun(let needed):
            let offer = needed.isEmpty ? "" : " It has to offer the tags \(needed.map(safe).joined(separator: ", "))."
            return ReasonWords(
                fact: "Nothing has begun since it was submitted \(at(reason.since)).",
                wakes: "It begins when an engine that knows the workflow takes it up.\(offer) \(tags)")
        case .betweenSteps(let last):
            let name = last.map { safe($0.description) } ?? ""
            return ReasonWords(
                fact: "No step is under way: the last one was \(name), and the next has not begun\(since(reason)).",
                wakes: "It begins when an engine takes the instance up. \(tags)")
        default: return ReasonWords(fact: "")
        }
    }

    private func requestWords(_ cause: Reason.Cause) -> ReasonWords {
        switch cause {
        case .paused(let request):
            return ReasonWords(
                fact: "It is paused\(who(request)); that was asked for \(at(request.time)).",
                wakes:
                    "It goes on when somebody ends the pause: \(unpause). Until then nothing below ends or begins, though "
                    + "signals are kept.",
                call: unpause)
        case .pauseRequested(let request):
            return ReasonWords(
                fact: "A pause was asked for \(at(request.time))\(who(request)).",
                wakes: "It takes effect once no task runs. \(unpause) takes it back.", call: unpause)
        case .cancelRequested(let request):
            return ReasonWords(
                fact: "Cancellation was asked for \(at(request.time))\(who(request)).",
                wakes: "It takes effect once no task runs, and cannot be taken back.")
        default: return ReasonWords(fact: "")
        }
    }

    private func remarkWords(_ reason: Reason) -> ReasonWords {
        switch reason.cause {
        case .signalRejected(let name, let value):
            let call = "client.signal(\"\(safe(name))\", to: \"\(id)\", payload: …)"
            return ReasonWords(
                fact:
                    "A signal '\(safe(name))' that arrived \(at(reason.since)) was rejected: \(safe(value.description)).",
                wakes: "The wait continues. Send the signal again with a payload of the expected type: \(call).",
                call: call)
        case .unclaimedSignals(let names):
            return ReasonWords(
                fact:
                    "\(counted(names.count, "signal")) in the mailbox, the first \(at(reason.since)), that no step waits for"
                    + "\(list(names.map { "'\($0)'" })).",
                wakes: "A step that begins to wait for one takes it at once.")
        case .unsubmitted:
            let call = "client.submit(workflow, id: \"\(id)\", input: …)"
            return ReasonWords(
                fact: "Nobody has submitted an instance with this id.", wakes: "\(call) begins it.", call: call)
        case .newerEvents:
            return ReasonWords(
                fact: "A newer version wrote some of its events, so this may not be all.",
                wakes: "That version's 'sayiir-inspect' knows more.")
        default: return ReasonWords(fact: "")
        }
    }

    // MARK: Ended instances

    private func endWords(_ reason: Reason, _ step: String) -> ReasonWords {
        switch reason.cause {
        case .completed:
            let what = step.isEmpty ? "; its output is its input" : " with what \(step) gave"
            return ReasonWords(fact: "It completed \(at(reason.since))\(what). Nothing is left to do.")
        case .failed(let failure, let attempts):
            let place = step.isEmpty ? "" : ", at \(step)"
            let count = attempts > 1 ? ", in attempt \(attempts)" : ""
            return ReasonWords(
                fact:
                    "It failed \(at(reason.since))\(place)\(count), with \(safe(failure.description)). Nothing wakes it up."
            )
        case .cancelled(let request, let interrupted):
            let place = interrupted.map { "; it stood before or at \(safe($0.description))" } ?? ""
            return ReasonWords(
                fact: "It was cancelled \(at(reason.since))\(who(request))\(place). Nothing wakes it up.")
        case .superseded:
            return ReasonWords(fact: "It was given up \(at(reason.since)) for a new run, which has not begun.")
        case .deleted: return ReasonWords(fact: "It was deleted \(at(reason.since)).")
        default: return ReasonWords(fact: "")
        }
    }

    // MARK: Words

    private var id: String { safe(state.id.rawValue) }

    var unpause: String { "client.unpause(\"\(id)\")" }

    private var cancelCall: String { "client.cancel(\"\(id)\")" }

    /// A step as one writes it in Swift.
    private func code(_ step: Step?) -> String {
        guard let step else { return "…" }
        let indices = step.indices.isEmpty ? "" : ", indices: \(step.indices)"
        return "Step(\"\(safe(step.node.rawValue))\"\(indices))"
    }

    /// ` by ops: stock count`, as far as it is known.
    private func who(_ request: ControlRequest) -> String {
        request.words.isEmpty ? "" : " \(safe(request.words))"
    }

    private func since(_ reason: Reason) -> String {
        guard let time = reason.since else { return "" }
        return " since \(time.dateAndTime) UTC\(distance(time))"
    }

    /// `at 2026-03-01 12:00:00 UTC (in 3m05s)`.
    private func at(_ time: Timestamp?) -> String {
        guard let time else { return "at an unknown time" }
        return "at \(time.dateAndTime) UTC\(distance(time))"
    }

    /// ` (3m05s ago)` or ` (in 3m05s)`.
    private func distance(_ time: Timestamp) -> String {
        time > now ? " (in \((time - now).words))" : " (\((now - time).words) ago)"
    }
}

/// The text with its first letter in upper case.
private func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
