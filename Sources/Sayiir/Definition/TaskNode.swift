internal import SayiirEvents

/// A task without its types: what the engine runs. A class, since each step passes it on several times.
final class TaskNode: Sendable {
    let options: TaskOptions
    /// Whether nothing but the code itself ends an attempt, and runs where the instance does.
    let isPlain: Bool
    /// Stands for the task where its name would cost too much; see ``TaskNames``.
    let number = TaskNames.nextNumber()
    /// Whether an error of the code may be followed by a retry; `nil` if all may.
    let mayRetry: (@Sendable (any Error) -> Bool)?
    /// Decodes the input, runs the user's code and encodes what it returns.
    ///
    /// Throws what the code throws, or a ``TaskValueError``.
    let run: nonisolated(nonsending) @Sendable (NodeValue, Codecs) async throws -> NodeValue
    /// Throws if the task cannot take a value.
    let checkInput: @Sendable (NodeValue, Codecs) throws(ValueError) -> Void

    /// A task that takes the value before it.
    convenience init<Input, Output>(_ task: DurableTask<Input, Output>) {
        self.init(options: task.options, mayRetry: task.mayRetry, body: task.body) {
            (value, codecs) throws(ValueError) in
            try value.get(as: Input.self, with: codecs)
        }
    }

    /// A task that takes from the value before it what `input` makes of it.
    init<Input, Output: Encodable & Sendable>(
        options: TaskOptions, mayRetry: (@Sendable (any Error) -> Bool)? = nil,
        body: @escaping @Sendable (Input) async throws -> Output,
        input: @escaping @Sendable (NodeValue, Codecs) throws(ValueError) -> Input
    ) {
        self.options = options
        isPlain = options.timeout == nil && options.heartbeatTimeout == nil && !options.isBlocking
        self.mayRetry = mayRetry
        checkInput = { (value, codecs) throws(ValueError) in _ = try input(value, codecs) }
        run = { value, codecs in
            let argument: Input
            do throws(ValueError) {
                argument = try input(value, codecs)
            } catch {
                throw TaskValueError.input(expected: "\(Input.self)", error)
            }
            let output = try await body(argument)
            do throws(ValueError) {
                return try NodeValue(encoding: output, isSensitive: options.isSensitive, with: codecs)
            } catch {
                throw TaskValueError.output(error)
            }
        }
    }
}

/// A node's input that could not be read, or output that could not be stored.
enum TaskValueError: Error {
    case input(expected: String, ValueError)
    case output(ValueError)

    /// The failure of the task with the given id.
    func failure(of id: NodeID) -> Failure {
        switch self {
        case .input(let expected, let cause):
            Failure(type: "", message: "Failed to decode input for task '\(id)' (expected \(expected)): \(cause)")
        case .output(let cause):
            Failure(type: "", message: "Failed to encode output for task '\(id)': \(cause)")
        }
    }
}
