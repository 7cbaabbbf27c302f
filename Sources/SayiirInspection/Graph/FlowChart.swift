internal import SayiirEvents

/// A definition as boxes and arrows, the way of a run marked on it if one is given. Mermaid and DOT are written from it.
struct FlowChart {
    /// A box.
    struct Box {
        enum Shape {
            case start, end, task, delay, signal, fork, route
        }

        var shape: Shape
        /// The lines of its text, safe to be shown.
        var lines: [String]
        /// What became of it in the run; `nil` without a run.
        var mark: RunPath.Mark?
        /// The group that it stands in.
        var group: Int?
    }

    /// An arrow between two boxes, by their places.
    struct Arrow {
        var from: Int
        var to: Int
        var label = ""
        /// Whether it leads back to a loop's beginning.
        var isBack = false
        /// Whether the run went along it; `nil` without a run.
        var isTaken: Bool?
    }

    /// A frame around what belongs to a map, loop or child.
    struct Group {
        var lines: [String]
        var mark: RunPath.Mark?
        /// The group that it stands in.
        var group: Int?
    }

    private(set) var boxes: [Box] = []
    private(set) var arrows: [Arrow] = []
    private(set) var groups: [Group] = []
    private let path: RunPath?

    /// Something that an arrow begins at, with the arrow's label.
    private struct Exit {
        var box: Int
        var label = ""
        /// Whether the run left this way, as far as the box itself tells.
        var isTaken = true
    }

    init(_ definition: Definition, _ path: RunPath?) {
        self.path = path
        let start = add(.start, ["start"], path == nil ? nil : .completed, in: nil)
        let exits = add(definition.nodes, after: [Exit(box: start)], in: nil)
        let end = add(.end, ["end"], path.map { $0.isCompleted ? .completed : .notTaken }, in: nil)
        connect(exits, to: end)
    }

    private mutating func add(_ shape: Box.Shape, _ lines: [String], _ mark: RunPath.Mark?, in group: Int?) -> Int {
        boxes.append(Box(shape: shape, lines: lines, mark: mark, group: group))
        return boxes.count - 1
    }

    private mutating func add(_ nodes: [Definition.Node], after entries: [Exit], in group: Int?) -> [Exit] {
        nodes.reduce(entries) { entries, node in add(node, after: entries, in: group) }
    }

    /// Adds a node behind what leads to it; gives what leads on.
    private mutating func add(_ node: Definition.Node, after entries: [Exit], in group: Int?) -> [Exit] {
        switch node.kind {
        case .task, .delay, .signal: return [Exit(box: addBox(node, after: entries, in: group))]
        case .fork, .route:
            let box = addBox(node, after: entries, in: group)
            // What has no branches for some key is never taken that way, and a branch is never empty.
            let exits = node.bodies.flatMap { body in
                let isTaken = node.kind == .fork || path?.took(body.label, at: node.id) ?? true
                let entry = Exit(box: box, label: safe(body.label), isTaken: isTaken)
                return add(body.nodes, after: [entry], in: group)
            }
            return exits.isEmpty ? [Exit(box: box)] : exits
        case .map, .loop, .child:
            groups.append(Group(lines: lines(of: node), mark: path?.mark(of: node.id), group: group))
            let inner = groups.count - 1
            let first = boxes.count
            let exits = add(node.bodies.flatMap(\.nodes), after: entries, in: inner)
            guard node.kind == .loop, boxes.indices.contains(first) else { return exits }
            let isRepeated = path.map { path in (node.firstTaskNode.map(path.count) ?? 0) > 1 }
            for exit in exits {
                arrows.append(Arrow(from: exit.box, to: first, label: "again", isBack: true, isTaken: isRepeated))
            }
            return exits
        }
    }

    private mutating func addBox(_ node: Definition.Node, after entries: [Exit], in group: Int?) -> Int {
        let box = add(node.kind.shape, lines(of: node), path?.mark(of: node.id), in: group)
        connect(entries, to: box)
        return box
    }

    private mutating func connect(_ exits: [Exit], to box: Int) {
        for exit in exits {
            let isTaken = path.map { _ in
                exit.isTaken && boxes[exit.box].mark != .notTaken && boxes[box].mark != .notTaken
            }
            arrows.append(Arrow(from: exit.box, to: box, label: exit.label, isTaken: isTaken))
        }
    }

    private func lines(of node: Definition.Node) -> [String] {
        let count = path.map { $0.count(of: node.id) } ?? 0
        let name = node.kind == .fork ? "fork" : safe(node.id.rawValue)
        let title = node.kind == .task || node.kind == .fork ? name : "\(node.kind.rawValue) \(name)"
        return [title] + broken(safe(node.detail)) + (count > 1 ? ["ran \(count) times"] : [])
    }

    /// Boxes shall not become wide for what is said of them: a longer line than this is broken at its commas.
    private static let longestDetail = 30

    private func broken(_ detail: String) -> [String] {
        guard detail.displayWidth > Self.longestDetail else { return detail.isEmpty ? [] : [detail] }
        var lines: [String] = []
        for part in detail.split(separator: ", ") {
            if let last = lines.last, last.displayWidth + 2 + part.displayWidth <= Self.longestDetail {
                lines[lines.count - 1] = "\(last), \(part)"
            } else {
                lines.append(String(part))
            }
        }
        return lines
    }
}

extension Definition.Node {
    /// The first node in it that is activated for itself.
    fileprivate var firstTaskNode: NodeID? { bodies.first?.nodes.first?.id }
}

extension StepStory.Kind {
    fileprivate var shape: FlowChart.Box.Shape {
        switch self {
        case .task, .map, .loop, .child: .task
        case .delay: .delay
        case .signal: .signal
        case .fork: .fork
        case .route: .route
        }
    }
}
