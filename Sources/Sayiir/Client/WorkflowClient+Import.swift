internal import SayiirEvents
public import SayiirLog
public import SayiirProjection

// Instances of other stores.
extension WorkflowClient {
    /// Takes in an instance that was written into a bundle elsewhere, under its own id. Runs nothing: ``Engine/resume(_:id:)`` goes on with
    /// it where it stood, or a service.
    ///
    /// ```swift
    /// let bundle = try RecordBundle(decoding: bytes)
    /// try await client.importInstance(from: bundle, trusting: head)
    /// ```
    ///
    /// Its events are stored as they are, followed by ``/SayiirEvents/Event/Imported``, all in one commit: there is the whole instance
    /// or none. So what had completed does not run again; an attempt that was under way is repeated, or is in doubt if it may run at most
    /// once. An instance that has ended can be taken in, too, to be looked at. If it still runs where it comes from, it runs twice
    /// from here on: nothing here can tell.
    ///
    /// The history has to fit into one commit of the log, 16 MiB.
    ///
    /// - Parameters:
    ///   - bundle: The instance's records with their proofs, which are checked first.
    ///   - head: The head of the log that it comes from, if you know one that you trust; otherwise the proofs are held against the
    ///     bundle's own, which only shows that it is as it was made.
    ///   - actor: Who does it, for the history.
    ///   - reason: Why, for the history.
    /// - Returns: What the instance is doing.
    /// - Throws: ``WorkflowError/notImportable(_:reason:)`` if the bundle is not proven or not whole, ``WorkflowError/instanceExists(_:)``,
    ///   ``WorkflowError/newerHistory(_:)``, ``WorkflowError/invalidInstanceID(_:)``, ``WorkflowError/backend(_:)``.
    @discardableResult
    public func importInstance(
        from bundle: RecordBundle, trusting head: TreeHead? = nil, by actor: String? = nil, reason: String? = nil
    ) async throws(WorkflowError) -> InstanceStatus {
        let id = InstanceID(bundle.key)
        try id.check()
        try Self.check(actor: actor, reason: reason)
        if let unproven = bundle.unproven(in: head).first {
            throw .notImportable(id, reason: "its record \(unproven) is not proven to be in the log with this head")
        }
        let past = try CopiedPast(of: bundle)
        for definition in bundle.definitions {
            try await WorkflowError.translating { () throws(BackendError) in
                try await environment.backend.keep(
                    definition: definition.text, definition.hash, at: environment.clock.now)
            }
        }
        let lineage = Event.Imported(
            source: "log \(bundle.origin.log)",
            head: Hexadecimal.bytes(of: bundle.origin.chainHead.description) ?? [])
        let imported = Event(
            instance: id, revision: past.state.revision + 1, time: environment.clock.now, actor: actor, reason: reason,
            body: .imported(lineage))
        return try await begin(past, with: imported).status
    }
}

extension Engine {
    /// Takes in an instance that was written into a bundle elsewhere; see ``WorkflowClient/importInstance(from:trusting:by:reason:)``.
    /// Runs nothing: ``resume(_:id:)`` does, or the service.
    ///
    /// - Throws: ``WorkflowError``.
    @discardableResult
    public func importInstance(
        from bundle: RecordBundle, trusting head: TreeHead? = nil, by actor: String? = nil, reason: String? = nil
    ) async throws(WorkflowError) -> InstanceStatus {
        try await client.importInstance(from: bundle, trusting: head, by: actor, reason: reason)
    }
}

extension RecordBundle {
    /// The definitions that are what their keys say.
    fileprivate var definitions: [(text: String, hash: DefinitionHash)] {
        entries.compactMap { entry in
            guard entry.record.kind == .definition else { return nil }
            let text = String(decoding: entry.record.payload, as: UTF8.self)
            let hash = DefinitionHash(ofText: text)
            return hash.description == entry.record.key ? (text, hash) : nil
        }
    }
}
