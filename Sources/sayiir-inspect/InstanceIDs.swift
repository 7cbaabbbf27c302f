import ArgumentParser
import SayiirInspection

extension CompletionKind {
    /// The ids of the instances of the log that the command line names.
    static var instances: CompletionKind {
        .custom { words, _, prefix in InstanceCompletion.ids(beginningWith: prefix, in: words) }
    }
}
