internal import Sayiir
internal import SayiirTesting

/// Chooses, for the nodes of a plan, the names, options and sizes that a user might give at their worst.
///
/// Every choice follows from the seed, what is chosen and the node's plain name. So removing a node of a plan, or a part of the dress,
/// leaves the other choices as they are: a failing program can be shrunk.
package struct PlanDress: Hashable, Sendable {
    /// What can be dressed.
    package enum Part: String, Hashable, Sendable, CaseIterable {
        /// Ids of nodes, names of branches, keys, signals, workflows and instances.
        case names
        /// Durations of delays and of waits for signals.
        case waits
        /// Limits of loops, maps and retries.
        case counts
        /// Time-outs, heartbeats and the other options of tasks.
        case tasks
        /// Bytes of inputs, outputs and metadata.
        case sizes
        /// Errors and their texts.
        case errors
        /// Deadline, metadata, former names and priority of the workflow.
        case workflow
        /// Options of the engine.
        case engine
    }

    let seed: UInt64
    /// What is dressed; the rest is as the plan says.
    package var parts: Set<Part>
    /// Whether choices out of bounds, which have to be refused, are among the others.
    let isBold: Bool

    /// A dress that changes nothing.
    static let plain = PlanDress(seed: 0, parts: [], isBold: false)

    init(seed: UInt64, parts: Set<Part>, isBold: Bool) {
        self.seed = seed
        self.parts = parts
        self.isBold = isBold
    }

    /// The dress of a seed.
    package init(seed: UInt64) {
        var random = SplitMix64(seed: seed ^ 0x6472_6573_73)
        // All parts at once would leave few programs that get far.
        parts = Set(Part.allCases.filter { _ in Int.random(in: 0..<3, using: &random) > 0 })
        isBold = Int.random(in: 0..<4, using: &random) == 0
        self.seed = seed
    }

    /// The source of the choices about a thing of a node.
    func dice(_ part: Part, _ thing: String, of node: String) -> PlanDice {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(part.rawValue) \(thing) \(node)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return PlanDice(random: SplitMix64(seed: seed ^ hash), isOn: parts.contains(part), isBold: isBold)
    }
}

extension PlanDress: CustomStringConvertible {
    package var description: String {
        "\(isBold ? "bold " : "")\(parts.map(\.rawValue).sorted().joined(separator: " "))"
    }
}

/// Makes choices, each the next of a sequence that its seed determines.
struct PlanDice {
    var random: SplitMix64
    /// Whether anything but the usual is chosen.
    let isOn: Bool
    let isBold: Bool

    mutating func chance(_ count: Int, of total: Int) -> Bool {
        isOn && Int.random(in: 0..<total, using: &random) < count
    }

    /// The usual value, or in half of the cases another one.
    ///
    /// - Parameters:
    ///   - usual: The usual value.
    ///   - others: Values within bounds.
    ///   - refused: Values out of bounds; a bold dress chooses one of them in an eighth of the cases.
    mutating func pick<Value>(_ usual: Value, or others: [Value], refused: [Value] = []) -> Value {
        guard isOn else { return usual }
        if isBold, Int.random(in: 0..<8, using: &random) == 0, let value = refused.randomElement(using: &random) {
            return value
        }
        guard Bool.random(using: &random) else { return usual }
        return others.randomElement(using: &random) ?? usual
    }
}

/// Texts, numbers and durations at the ends of what there can be.
enum WorstValues {
    static let integers = [Int.min, Int.min + 1, -1, 0, 1, Int.max - 1, Int.max]
    /// 200 years, the longest wait.
    static let longest = Duration.seconds(200 * 365 * 86_400)
    static let waits: [Duration] = [.zero, .nanoseconds(1), .nanoseconds(999_999), .milliseconds(1), .seconds(86_400)]
    static let tooLong: [Duration] = [
        longest + .nanoseconds(1), .seconds(Int64.max - 1), .seconds(Int64.max), .seconds(Int64.max) * 10,
    ]
    static let negative: [Duration] = [
        .nanoseconds(-1), .seconds(-1), .seconds(Int64.min), .seconds(Int64.min) * 10,
    ]
    /// Texts that look alike, look like nothing, run the other way, or mean something in a format.
    static let texts = [
        "\u{E9}", "e\u{301}", "\u{C5}", "A\u{30A}", "\u{212B}", "\u{1E9B}\u{323}", "\u{1E9B}\u{323}\u{301}",
        "\u{D55C}", "\u{1112}\u{1161}\u{11AB}", "\u{301}", "a\u{200B}b", "\u{200D}", "\u{FEFF}", "\u{FFFD}", "\u{FFFF}",
        "\u{202E}abc", "\u{5D0}\u{5D1}", "👩‍👩‍👧‍👦", "🇩🇪🇩", "👍🏽", "\u{0}", "a\u{0}b", "\u{7F}", "\u{85}", "\u{2028}", "\r\n",
        " ", "\t", "/", "a/b", "../..", "#", "a#1.0", "%2F", "a=>b", "=>S", "x:y", "a;b", "{", "}", "[,]", "\\", "||",
        "||a",
        "\"", "'", "''", "`", "$1", "%s", "?", "NULL", "null", "lambda_0", "default", "_", "a::key_fn", "::key_fn",
        "\u{10FFFF}", "\u{E000}", "İ", "ß", "ﬁ", "x",
    ]
    // Made once: making a long text takes as long as a small program does.
    static let longVersion = String(repeating: "v", count: 16_385)
    static let longTag = String(repeating: "t", count: 64)
    static let longExecutor = String(repeating: "e", count: 1000)
    static let longCodec = String(repeating: "c", count: 16 * 1024)
}

extension PlanDress {
    /// A name for what is plainly called `plain`.
    ///
    /// - Parameters:
    ///   - plain: The plain name.
    ///   - thing: What it is the name of.
    func name(_ plain: String, _ thing: String = "node") -> String {
        var dice = dice(.names, thing, of: plain)
        guard dice.chance(1, of: 2) else { return plain }
        let text = WorstValues.texts.randomElement(using: &dice.random) ?? ""
        switch Int.random(in: 0..<16, using: &dice.random) {
        case ..<6: return text + plain
        case ..<10: return plain + text
        // Another node may have the same name then, or one that only looks the same.
        case ..<14: return text
        case 14: return Int.random(in: 0..<4, using: &dice.random) == 0 ? "" : plain
        default:
            // Long names are in every event, and take long.
            guard Int.random(in: 0..<4, using: &dice.random) == 0 else { return plain }
            let limit = 16 * 1024 + (isBold && Bool.random(using: &dice.random) ? 1 : 0)
            return String(repeating: "n", count: limit - plain.utf8.count) + plain
        }
    }

    /// The instance's id: for a store that has other instances, too, one that no other seed has.
    func instanceID(isUnique: Bool) -> InstanceID {
        var dice = dice(.names, "instance", of: "")
        guard dice.chance(1, of: 2) else { return InstanceID("program \(seed)") }
        var text = WorstValues.texts.randomElement(using: &dice.random) ?? ""
        // PostgreSQL refuses an id with a character of value 0, and says so.
        if isUnique { text.unicodeScalars.removeAll { $0.value == 0 } }
        switch Int.random(in: 0..<8, using: &dice.random) {
        case ..<4: return InstanceID("\(text)\(seed)")
        case 4: return InstanceID(String(repeating: "i", count: 256 - "\(seed)".utf8.count) + "\(seed)")
        case 5 where isBold:
            return InstanceID(Bool.random(using: &dice.random) ? "" : String(repeating: "i", count: 257))
        default: return InstanceID(isUnique ? "\(seed)\(text)" : text)
        }
    }

    /// A text that a person gives a reason with; `nil` for none.
    func remark(_ thing: String) -> String? {
        var dice = dice(.names, thing, of: "")
        guard dice.chance(1, of: 2) else { return nil }
        if Int.random(in: 0..<16, using: &dice.random) == 0 { return String(repeating: "r", count: 64 * 1024) }
        return WorstValues.texts.randomElement(using: &dice.random)
    }
}
