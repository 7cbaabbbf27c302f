internal import Logging

extension LogBackend {
    /// Lets the log tell the engine's logger what an operator has to know: tasks that hold its threads, and work in the background that failed.
    func warn(_ options: EngineOptions) {
        if let limit = options.heldThreadWarning {
            let warnings = HeldThreadWarnings(after: limit, to: options.logger)
            watchThreads(after: limit.boundedWait) { warnings.warn(about: $0) }
        }
        watchUpkeep { [logger = options.logger] failure in
            guard let failure else { return logger.notice("the log's work in the background goes on") }
            logger.error(
                "sealing, retention or a snapshot failed; nothing is lost, the log grows, and it is tried again",
                metadata: ["error": "\(failure)"])
        }
    }
}
