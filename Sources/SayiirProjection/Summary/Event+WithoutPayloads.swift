package import SayiirEvents

extension Event {
    /// The event without the values that nobody looks at in an overview.
    package var withoutPayloads: Event {
        var event = self
        switch body {
        case .submitted(var body):
            body.input.bytes = []
            body.metadata = nil
            event.body = .submitted(body)
        case .taskCheckpointed(var body):
            body.output.bytes = []
            event.body = .taskCheckpointed(body)
        case .signalReceived(var body):
            body.payload.bytes = []
            event.body = .signalReceived(body)
        case .taskFailed(var body):
            body.fullMessage = nil
            event.body = .taskFailed(body)
        default: break
        }
        return event
    }
}
