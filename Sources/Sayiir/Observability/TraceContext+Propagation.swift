internal import Instrumentation
internal import SayiirEvents
internal import ServiceContextModule

extension TraceContext {
    /// The position in a trace that `context` holds, as far as `instrument` carries it from process to process; `nil` if it carries
    /// nothing.
    init?(of context: ServiceContext, by instrument: any Instrument) {
        var fields: [String: String] = [:]
        instrument.inject(context, into: &fields, using: FieldCarrier())
        self.init(fields)
    }

    /// Puts the position into `context`, as far as `instrument` understands it.
    func add(to context: inout ServiceContext, by instrument: any Instrument) {
        instrument.extract(usableFields, into: &context, using: FieldCarrier())
    }
}

extension Observer {
    /// The caller's position in its trace; `nil`, at the cost of reading a task-local value, if it has none.
    var currentTrace: TraceContext? {
        guard let context = ServiceContext.current else { return nil }
        return TraceContext(of: context, by: instrument)
    }
}

/// Carries header fields in a dictionary.
private struct FieldCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }

    func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
}
