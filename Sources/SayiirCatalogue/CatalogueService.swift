public import Logging
internal import SayiirEvents
internal import SayiirLog
public import ServiceLifecycle

/// Keeps a catalogue up to date while an engine writes the log, in the engine's process or in another.
///
/// It reads the log's files as any reader does, on a thread of its own with low priority: it takes no lock, the engine does not know of it, and
/// no error of it ends the group of services. What the engine acknowledged is in the catalogue within a second unless the machine is
/// too busy; it never holds the engine back for that.
public struct CatalogueService: Service {
    private let catalogue: Catalogue
    private let interval: Duration
    private let logger: Logger

    /// After an error, the next try waits this long.
    private static let patience = Duration.seconds(5)

    /// Makes a service that does nothing before it is run.
    ///
    /// - Parameters:
    ///   - catalogue: The catalogue; it is made if there is none.
    ///   - interval: How long it waits between two looks at the log; a millisecond at least.
    ///   - logger: Is told of errors, and of a catalogue that is built anew.
    public init(
        _ catalogue: Catalogue, interval: Duration = .milliseconds(200),
        logger: Logger = Logger(label: "sayiir.catalogue")
    ) {
        self.catalogue = catalogue
        self.interval = interval
        self.logger = logger
    }

    /// Follows the log until the calling task is cancelled or asked to shut down gracefully, and then takes in what is left.
    public func run() async {
        let stop = Monitor(false)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withCheckedContinuation { continuation in
                    do {
                        try startThread {
                            follow(until: stop)
                            continuation.resume()
                        }
                    } catch {
                        logger.error("the catalogue is not kept up to date", metadata: ["error": "\(error)"])
                        continuation.resume()
                    }
                }
            } onGracefulShutdown: {
                stop.update { $0 = true }
            }
        } onCancel: {
            stop.update { $0 = true }
        }
    }

    private func follow(until stop: Monitor<Bool>) {
        yieldToOtherThreads()
        var update: CatalogueUpdate?
        var isStopping = false
        while true {
            var delay = interval
            do {
                try look(&update, until: isStopping ? Monitor(false) : stop)
            } catch is Stopped {
                // What is missing is taken in by whoever asks the catalogue next.
                return
            } catch {
                update = nil
                delay = Self.patience
                logger.error(
                    "the catalogue is behind", metadata: ["error": "\(error)", "catalogue": "\(catalogue.path)"])
            }
            if isStopping { return }
            // Without any pause it would keep a processor busy.
            let nanoseconds = max(Int(clamping: delay.saturatedNanoseconds), 1_000_000)
            isStopping = stop.wait(nanoseconds: nanoseconds) { $0 ? true : nil } ?? false
        }
    }

    /// Takes in what is new.
    private func look(_ update: inout CatalogueUpdate?, until stop: Monitor<Bool>) throws {
        func goOn(_ progress: CatalogueProgress) throws {
            if stop.withLock({ $0 }) { throw Stopped() }
        }
        // Somebody may have built the catalogue anew.
        if update?.isCurrent != true { update = nil }
        do {
            var known = try update ?? catalogue.beginUpdate()
            // Whatever goes wrong, what was known is ahead of the tables then.
            update = nil
            _ = try known.run(progress: goOn)
            update = known
        } catch is CatalogueError.MovedOn {
            update = nil
        } catch CatalogueError.unusable(let file, let reason) {
            logger.notice("the catalogue is built anew", metadata: ["reason": "\(reason)", "catalogue": "\(file)"])
            try catalogue.rebuild(progress: goOn)
        }
    }

    private struct Stopped: Error {}
}
