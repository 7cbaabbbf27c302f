internal import SayiirEvents

// Members of the kinds that several commands' JSON has.
extension JSONWriter {
    /// Writes a text, or nothing at all if there is none.
    mutating func optional(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.name(name)
        string(text)
    }

    /// Writes a failure as the member `error`.
    mutating func error(_ failure: Failure) {
        name("error")
        beginObject()
        member("type", failure.type)
        member("message", failure.message)
        endObject()
    }

    /// Writes a list of texts.
    mutating func strings(_ name: StaticString, _ texts: some Sequence<String>) {
        self.name(name)
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    /// Writes a duration in seconds.
    mutating func seconds(_ name: StaticString, _ duration: Duration) {
        self.name(name)
        raw(decimalSeconds(nanoseconds: duration.saturatedNanoseconds))
    }
}
