internal import SayiirEvents

/// Where the boxes and groups of a chart stand: sequences run down, branches stand side by side. A definition is nested, so that its
/// layers follow from its form.
struct GraphLayout {
    /// A rectangle, in pixels.
    struct Frame {
        var x = 0.0
        var y = 0.0
        var width = 0.0
        var height = 0.0

        var middle: Double { x + width / 2 }
        var bottom: Double { y + height }
        var right: Double { x + width }
    }

    private(set) var boxes: [Frame] = []
    private(set) var groups: [Frame] = []
    private(set) var width = 0.0
    private(set) var height = 0.0
    private let chart: FlowChart
    private var nextGroup = 0

    /// The room between boxes below each other, and beside each other.
    static let (gapDown, gapBeside) = (30.0, 28.0)
    /// The room in a group around what it holds; its title stands above that.
    private static let (padding, title) = (18.0, 26.0)
    private static let margin = 12.0
    /// Where the arrow back to a loop's beginning runs.
    static let backLane = 30.0
    /// Texts are cut at so many characters.
    static let longestText = 30

    init(_ definition: Definition, _ chart: FlowChart) {
        self.chart = chart
        let size = size(definition.nodes, firstBox: 1)
        width = max(size.width, 90) + 2 * Self.margin
        boxes.append(Frame(x: width / 2 - 36, y: Self.margin, width: 72, height: 30))
        let bottom = place(definition.nodes, around: width / 2, from: Self.margin + 30 + Self.gapDown)
        boxes.append(Frame(x: width / 2 - 36, y: bottom + Self.gapDown, width: 72, height: 30))
        height = bottom + Self.gapDown + 30 + Self.margin
    }

    // MARK: Sizes

    /// How many boxes stand in nodes.
    private func count(_ nodes: [Definition.Node]) -> Int {
        nodes.reduce(0) { count, node in
            let inner = node.bodies.reduce(0) { $0 + self.count($1.nodes) }
            return count + inner + (node.kind.isGroup ? 0 : 1)
        }
    }

    private func size(_ nodes: [Definition.Node], firstBox: Int) -> (width: Double, height: Double) {
        var (width, height, box) = (0.0, 0.0, firstBox)
        for node in nodes {
            let size = size(node, box)
            width = max(width, size.width)
            height += size.height + (height > 0 ? Self.gapDown : 0)
            box += count([node])
        }
        return (width, height)
    }

    private func size(_ node: Definition.Node, _ box: Int) -> (width: Double, height: Double) {
        if node.kind.isGroup {
            let inner = size(node.bodies.flatMap(\.nodes), firstBox: box)
            let lane = node.kind == .loop ? 2 * Self.backLane : 0
            return (
                max(inner.width + lane + 2 * Self.padding, titleWidth(node)),
                inner.height + 2 * Self.padding + Self.title
            )
        }
        let own = boxSize(box)
        guard !node.bodies.isEmpty else { return own }
        let bodies = sizes(of: node, box)
        let width = bodies.reduce(-Self.gapBeside) { $0 + $1.width + Self.gapBeside }
        return (max(own.width, width), own.height + branchGap(node) + (bodies.map(\.height).max() ?? 0))
    }

    private func titleWidth(_ node: Definition.Node) -> Double {
        let length = node.kind.rawValue.count + safe(node.id.rawValue).displayWidth + safe(node.detail).displayWidth + 4
        return Double(min(length, 60)) * 7.6 + 32
    }

    private func sizes(of node: Definition.Node, _ box: Int) -> [(width: Double, height: Double)] {
        var first = box + 1
        return node.bodies.map { body in
            defer { first += count(body.nodes) }
            return size(body.nodes, firstBox: first)
        }
    }

    /// Labels of branches need room.
    private func branchGap(_ node: Definition.Node) -> Double {
        node.bodies.contains { !$0.label.isEmpty } ? Self.gapDown + 18 : Self.gapDown
    }

    private func boxSize(_ box: Int) -> (width: Double, height: Double) {
        guard chart.boxes.indices.contains(box) else { return (120, 38) }
        let lines = chart.boxes[box].lines
        let longest = lines.map { min($0.displayWidth, Self.longestText) }.max() ?? 0
        return (max(120, Double(longest) * 7.6 + 32), lines.count > 1 ? 20 + 17 * Double(lines.count) : 38)
    }

    // MARK: Places

    /// Gives each node its place; returns where they end.
    private mutating func place(_ nodes: [Definition.Node], around middle: Double, from top: Double) -> Double {
        var y = top
        for (number, node) in nodes.enumerated() {
            if number > 0 { y += Self.gapDown }
            y = place(node, around: middle, from: y)
        }
        return y
    }

    private mutating func place(_ node: Definition.Node, around middle: Double, from top: Double) -> Double {
        let size = size(node, boxes.count)
        if node.kind.isGroup {
            groups.append(Frame(x: middle - size.width / 2, y: top, width: size.width, height: size.height))
            _ = place(node.bodies.flatMap(\.nodes), around: middle, from: top + Self.title + Self.padding)
            return top + size.height
        }
        let (bodies, own) = (sizes(of: node, boxes.count), boxSize(boxes.count))
        boxes.append(Frame(x: middle - own.width / 2, y: top, width: own.width, height: own.height))
        guard !bodies.isEmpty else { return top + own.height }
        var x = middle - bodies.reduce(-Self.gapBeside) { $0 + $1.width + Self.gapBeside } / 2
        for (body, size) in zip(node.bodies, bodies) {
            _ = place(body.nodes, around: x + size.width / 2, from: top + own.height + branchGap(node))
            x += size.width + Self.gapBeside
        }
        return top + size.height
    }
}

extension StepStory.Kind {
    /// Whether it is drawn as a frame around what it holds.
    var isGroup: Bool { self == .map || self == .loop || self == .child }
}
