extension Event.Body {
    /// Visits the fields of what happened. An event of an unknown kind has none that could be visited.
    func visitFields<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws(Visitor.Failure) {
        switch self {
        case .submitted(var event): try event.visitFields(&visitor)
        case .completed(var event): try event.visitFields(&visitor)
        case .failed(var event): try event.visitFields(&visitor)
        case .superseded(var event): try event.visitFields(&visitor)
        case .reopened(var event): try event.visitFields(&visitor)
        case .deleted(var event): try event.visitFields(&visitor)
        case .leaseAcquired(var event): try event.visitFields(&visitor)
        case .leaseLost(var event): try event.visitFields(&visitor)
        case .definitionChanged(var event): try event.visitFields(&visitor)
        case .derived(var event): try event.visitFields(&visitor)
        case .imported(var event): try event.visitFields(&visitor)
        case .annotated(var event): try event.visitFields(&visitor)
        case .taskStarted(var event): try event.visitFields(&visitor)
        case .taskCheckpointed(var event): try event.visitFields(&visitor)
        case .taskFailed(var event): try event.visitFields(&visitor)
        case .taskTimedOut(var event): try event.visitFields(&visitor)
        case .retryScheduled(var event): try event.visitFields(&visitor)
        case .taskInDoubt(var event): try event.visitFields(&visitor)
        case .doubtResolved(var event): try event.visitFields(&visitor)
        case .forked(var event): try event.visitFields(&visitor)
        case .branchFinished(var event): try event.visitFields(&visitor)
        case .joined(var event): try event.visitFields(&visitor)
        case .mapStarted(var event): try event.visitFields(&visitor)
        case .mapElementFinished(var event): try event.visitFields(&visitor)
        case .mapFinished(var event): try event.visitFields(&visitor)
        case .routed(var event): try event.visitFields(&visitor)
        case .loopIterated(var event): try event.visitFields(&visitor)
        case .loopFinished(var event): try event.visitFields(&visitor)
        case .childStarted(var event): try event.visitFields(&visitor)
        case .childFinished(var event): try event.visitFields(&visitor)
        case .delayStarted(var event): try event.visitFields(&visitor)
        case .delayElapsed(var event): try event.visitFields(&visitor)
        case .signalAwaited(var event): try event.visitFields(&visitor)
        case .signalReceived(var event): try event.visitFields(&visitor)
        case .signalConsumed(var event): try event.visitFields(&visitor)
        case .signalTimedOut(var event): try event.visitFields(&visitor)
        case .pauseRequested(var event): try event.visitFields(&visitor)
        case .paused(var event): try event.visitFields(&visitor)
        case .unpaused(var event): try event.visitFields(&visitor)
        case .cancelRequested(var event): try event.visitFields(&visitor)
        case .cancelled(var event): try event.visitFields(&visitor)
        case .unknown: return
        }
    }

    /// Reads an event of the given kind from all that the reader has.
    static func read(_ kind: Event.Kind, from reader: inout WireReader) throws(EventDecodingError) -> Self {
        switch kind {
        case .submitted: .submitted(try reader.readAll())
        case .completed: .completed(try reader.readAll())
        case .failed: .failed(try reader.readAll())
        case .superseded: .superseded(try reader.readAll())
        case .reopened: .reopened(try reader.readAll())
        case .deleted: .deleted(try reader.readAll())
        case .leaseAcquired: .leaseAcquired(try reader.readAll())
        case .leaseLost: .leaseLost(try reader.readAll())
        case .definitionChanged: .definitionChanged(try reader.readAll())
        case .derived: .derived(try reader.readAll())
        case .imported: .imported(try reader.readAll())
        case .annotated: .annotated(try reader.readAll())
        case .taskStarted: .taskStarted(try reader.readAll())
        case .taskCheckpointed: .taskCheckpointed(try reader.readAll())
        case .taskFailed: .taskFailed(try reader.readAll())
        case .taskTimedOut: .taskTimedOut(try reader.readAll())
        case .retryScheduled: .retryScheduled(try reader.readAll())
        case .taskInDoubt: .taskInDoubt(try reader.readAll())
        case .doubtResolved: .doubtResolved(try reader.readAll())
        case .forked: .forked(try reader.readAll())
        case .branchFinished: .branchFinished(try reader.readAll())
        case .joined: .joined(try reader.readAll())
        case .mapStarted: .mapStarted(try reader.readAll())
        case .mapElementFinished: .mapElementFinished(try reader.readAll())
        case .mapFinished: .mapFinished(try reader.readAll())
        case .routed: .routed(try reader.readAll())
        case .loopIterated: .loopIterated(try reader.readAll())
        case .loopFinished: .loopFinished(try reader.readAll())
        case .childStarted: .childStarted(try reader.readAll())
        case .childFinished: .childFinished(try reader.readAll())
        case .delayStarted: .delayStarted(try reader.readAll())
        case .delayElapsed: .delayElapsed(try reader.readAll())
        case .signalAwaited: .signalAwaited(try reader.readAll())
        case .signalReceived: .signalReceived(try reader.readAll())
        case .signalConsumed: .signalConsumed(try reader.readAll())
        case .signalTimedOut: .signalTimedOut(try reader.readAll())
        case .pauseRequested: .pauseRequested(try reader.readAll())
        case .paused: .paused(try reader.readAll())
        case .unpaused: .unpaused(try reader.readAll())
        case .cancelRequested: .cancelRequested(try reader.readAll())
        case .cancelled: .cancelled(try reader.readAll())
        }
    }
}

extension WireReader {
    @inline(__always)
    fileprivate mutating func readAll<Content: Message>() throws(EventDecodingError) -> Content {
        var message = Content.blank
        try readFields(of: &message)
        return message
    }
}
