/// What happened to the attempts of a run, and around it.
actor RunInbox {
    enum Item: Sendable {
        case ended(TaskExecution.Ended)
        case look
    }

    private var items: [Item] = []
    private var waiter: CheckedContinuation<Void, Never>?

    func post(_ item: Item) {
        items.append(item)
        waiter?.resume()
        waiter = nil
    }

    /// Everything that was posted, waiting for the first. For one caller.
    func takeAll() async -> [Item] {
        if items.isEmpty { await withCheckedContinuation { waiter = $0 } }
        defer { items.removeAll(keepingCapacity: true) }
        return items
    }
}
