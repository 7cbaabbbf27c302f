internal import SayiirEvents

/// What an executor tells the ``Decider``: that it begins, what became of an attempt, that time has passed.
enum Command: Sendable {
    /// An executor takes the instance up. What another one began and did not end was interrupted.
    case takeUp
    /// Time has passed, or somebody asked for something: see what is due.
    case look
    /// A part of what was decided is stored: see what follows from it.
    case proceed
    /// An attempt is over.
    case attemptEnded(Step, attempt: UInt32, AttemptResult)
}

extension Command {
    /// Whether it brings no more than some thousand bytes into the history.
    var bringsLittle: Bool {
        switch self {
        case .attemptEnded(_, _, .succeeded(let output)): output.bytes.count <= 4096
        case .takeUp, .look, .proceed, .attemptEnded: false
        }
    }
}

/// What became of an attempt at a task.
enum AttemptResult: Sendable {
    case succeeded(output: Payload)
    case failed(Failure, isRetryable: Bool)
    case timedOut(limit: Duration)
    case stalled(limit: Duration)
    /// The engine stopped the run, and the code gave up because of that.
    case interrupted
    /// A stored value could not be decoded.
    case stuck(UndecodableValue)
}
