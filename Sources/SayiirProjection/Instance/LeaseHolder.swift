/// The executor that recorded, last, that it holds an instance.
public struct LeaseHolder: Hashable, Sendable {
    /// The executor's name.
    public var executor: String
    /// Its fencing epoch.
    public var epoch: UInt64

    /// Names a holder.
    public init(executor: String, epoch: UInt64) {
        self.executor = executor
        self.epoch = epoch
    }
}
