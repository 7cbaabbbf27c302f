public import Sayiir

extension EngineOptions {
    /// The options for an engine in a test: every value is decoded between steps.
    ///
    /// A step then gets what a restart of the process would have made of the value before it, so that a test without a crash finds types
    /// whose coding drops something. See ``/Sayiir/EngineOptions/decodesEveryValue``.
    ///
    /// ```swift
    /// var options = EngineOptions.testing
    /// options.clock = VirtualClock()
    /// let engine = Engine(backend: InMemoryBackend(), options: options)
    /// ```
    public static var testing: EngineOptions {
        var options = EngineOptions()
        options.decodesEveryValue = true
        return options
    }
}
