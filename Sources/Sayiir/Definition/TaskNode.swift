internal import SayiirEvents

/// A task without its types: what the engine runs.
struct TaskNode: Sendable {
    var options: TaskOptions
    /// Decodes the input, runs the user's code and encodes what it returns.
    var run: @Sendable (StoredValue, Codecs) async throws -> StoredValue
}

extension TaskNode {
    init<Input, Output>(_ task: DurableTask<Input, Output>, id: NodeID) {
        options = task.options
        run = { [body = task.body] value, codecs in
            let input: Input
            do throws(ValueError) {
                input = try value.get(as: Input.self, with: codecs)
            } catch {
                throw TaskValueError.input(id, expected: "\(Input.self)", error)
            }
            let output = try await body(input)
            do throws(ValueError) {
                return try StoredValue(encoding: output, with: codecs)
            } catch {
                throw TaskValueError.output(id, error)
            }
        }
    }
}

/// A task's input that could not be read, or output that could not be stored.
enum TaskValueError: Error {
    case input(NodeID, expected: String, ValueError)
    case output(NodeID, ValueError)

    var failure: Failure {
        switch self {
        case .input(let id, let expected, let cause):
            Failure(type: "", message: "Failed to decode input for task '\(id)' (expected \(expected)): \(cause)")
        case .output(let id, let cause):
            Failure(type: "", message: "Failed to encode output for task '\(id)': \(cause)")
        }
    }
}
