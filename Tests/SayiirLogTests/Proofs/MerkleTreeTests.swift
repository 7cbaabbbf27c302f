import SayiirTesting
import Testing

@testable import SayiirLog

@Suite("MerkleTreeTests")
struct MerkleTreeTests {
    /// The leaves, roots and paths of Certificate Transparency's reference tests.
    private static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57),
        Array(0x60...0x6f),
    ]

    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    private static let paths: [(sequence: UInt64, size: UInt64, path: [String])] = [
        (1, 1, []),
        (
            1, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            6, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (3, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            2, 5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ]

    private static func leaf(_ bytes: [UInt8]) -> TreeHash { bytes.withUnsafeBytes { TreeHash(leaf: $0) } }

    /// Leaves that are all different.
    private static func leaves(_ count: Int) -> [TreeHash] {
        (0..<count).map { leaf([UInt8($0 & 255), UInt8($0 >> 8)]) }
    }

    /// RFC 6962's definition of the tree hash, word for word.
    private static func naiveRoot(_ leaves: ArraySlice<TreeHash>) -> TreeHash {
        guard leaves.count > 1 else { return leaves.first ?? .ofNothing }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        return TreeHash(naiveRoot(leaves.prefix(half)), naiveRoot(leaves.dropFirst(half)))
    }

    /// RFC 6962's definition of the audit path, word for word.
    private static func naivePath(_ leaf: Int, _ leaves: ArraySlice<TreeHash>) -> [TreeHash] {
        guard leaves.count > 1 else { return [] }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        return leaf < half
            ? naivePath(leaf, leaves.prefix(half)) + [naiveRoot(leaves.dropFirst(half))]
            : naivePath(leaf - half, leaves.dropFirst(half)) + [naiveRoot(leaves.prefix(half))]
    }

    private static func path(of sequence: UInt64, in leaves: [TreeHash]) throws -> [TreeHash] {
        try MerkleTree.siblings(of: sequence - 1, inTreeOf: UInt64(leaves.count)).map { range in
            try MerkleTree.hash(of: range, known: { _ in nil }, leaf: { leaves[Int($0)] })
        }
    }

    @Test("roots are those of Certificate Transparency's reference tests")
    func referenceRoots() {
        var frontier = MerkleFrontier()
        #expect(frontier.root.description == Self.roots[0])
        for (number, bytes) in Self.leaves.enumerated() {
            frontier.append(leaf: Self.leaf(bytes))
            #expect(frontier.root.description == Self.roots[number + 1])
        }
    }

    @Test("paths are those of Certificate Transparency's reference tests, and prove their leaves", arguments: 0..<5)
    func referencePaths(number: Int) throws {
        let (sequence, size, expected) = Self.paths[number]
        let leaves = Self.leaves.prefix(Int(size))
        let path = try Self.path(of: sequence, in: leaves.map(Self.leaf))
        #expect(path.map(\.description) == expected)
        let proof = InclusionProof(sequence: sequence, treeSize: size, path: path)
        let root = try #require(TreeHash(Self.roots[Int(size)]))
        #expect(proof.verify(record: leaves[Int(sequence) - 1], root: root))
    }

    @Test("every root and every path of trees of up to 70 leaves is what the definition says")
    func definition() throws {
        var frontier = MerkleFrontier()
        for count in 1...70 {
            let leaves = Self.leaves(count)
            frontier.append(leaf: leaves[count - 1])
            let root = Self.naiveRoot(leaves[...])
            #expect(frontier.head == TreeHead(size: UInt64(count), root: root))
            for index in 0..<count {
                let path = try Self.path(of: UInt64(index) + 1, in: leaves)
                #expect(path == Self.naivePath(index, leaves[...]))
                let proof = InclusionProof(sequence: UInt64(index) + 1, treeSize: UInt64(count), path: path)
                #expect(proof.root(ofLeaf: leaves[index]) == root)
            }
        }
    }

    @Test("a proof fails for every other sequence, size, record, root and path")
    func forgeries() throws {
        for count in 1...20 {
            let leaves = Self.leaves(count)
            let root = Self.naiveRoot(leaves[...])
            for index in 0..<count {
                let path = Self.naivePath(index, leaves[...])
                let proof = InclusionProof(sequence: UInt64(index) + 1, treeSize: UInt64(count), path: path)
                for sequence in UInt64(0)...UInt64(count + 2) where sequence != proof.sequence {
                    var other = proof
                    other.sequence = sequence
                    #expect(other.root(ofLeaf: leaves[index]) != root)
                }
                for other in leaves.indices where other != index { #expect(proof.root(ofLeaf: leaves[other]) != root) }
                for place in path.indices {
                    var other = proof
                    other.path[place] = leaves[index]
                    #expect(other.root(ofLeaf: leaves[index]) != root)
                    other = proof
                    other.path.remove(at: place)
                    #expect(other.root(ofLeaf: leaves[index]) != root)
                }
                var longer = proof
                longer.path.append(root)
                #expect(longer.root(ofLeaf: leaves[index]) == nil)
            }
        }
    }

    @Test("a proof with absurd numbers proves nothing, and ends")
    func absurd() {
        let hash = Self.leaf([1])
        for size in [0, 1, 2, .max - 1, .max] as [UInt64] {
            for sequence in [0, 1, 2, .max - 1, .max] as [UInt64] {
                for length in [0, 1, 63, 64, 65, 300] {
                    let proof = InclusionProof(
                        sequence: sequence, treeSize: size, path: Array(repeating: hash, count: length))
                    let isTrivial = sequence == 1 && size == 1 && length == 0
                    #expect((proof.root(ofLeaf: hash) == hash) == isTrivial)
                }
            }
        }
    }

    @Test("leaves fall into whole subtrees without gaps, and these give the tree's root behind any peaks")
    func cover() throws {
        let leaves = Self.leaves(70)
        for start in 0...40 {
            var before = MerkleFrontier()
            for leaf in leaves.prefix(start) { before.append(leaf: leaf) }
            for end in start...70 {
                for highest in [0, 2, 63] {
                    var frontier = before
                    for subtree in MerkleTree.cover(of: UInt64(start)..<UInt64(end), highestLevel: highest) {
                        #expect(subtree.start == frontier.size && subtree.level <= highest)
                        #expect(subtree.start.isMultiple(of: 1 << UInt64(subtree.level)))
                        let range = Int(subtree.start)..<Int(subtree.end)
                        frontier.append(Self.naiveRoot(leaves[range]), level: subtree.level)
                    }
                    #expect(frontier.head == TreeHead(size: UInt64(end), root: Self.naiveRoot(leaves[..<end])))
                }
            }
        }
    }

    @Test("a frontier knows its peaks, and no other subtree")
    func peaks() throws {
        let leaves = Self.leaves(40)
        var frontier = MerkleFrontier()
        for leaf in leaves {
            frontier.append(leaf: leaf)
            #expect(MerkleFrontier(size: frontier.size, peaks: frontier.peaks) == frontier)
            #expect(MerkleFrontier(size: frontier.size, peaks: frontier.peaks + [leaf]) == nil)
            for level in 0..<7 {
                for start in stride(from: 0, to: 64, by: 1 << level) {
                    let subtree = MerkleTree.Subtree(start: UInt64(start), level: level)
                    let isPeak = MerkleTree.cover(of: 0..<frontier.size).contains(subtree)
                    #expect((frontier.peak(subtree) != nil) == isPeak)
                    if isPeak { #expect(frontier.peak(subtree) == Self.naiveRoot(leaves[start..<Int(subtree.end)])) }
                }
            }
        }
    }

    @Test("a tree head reads what it writes, and nothing else")
    func headText() throws {
        let head = TreeHead(size: 48, root: Self.leaf([7]))
        #expect(TreeHead(head.description) == head)
        let root = head.root.description
        for text in [
            "", ":", root, "48:", "48:\(root)0", "48:\(root.dropLast())", "-1:\(root)", "+1:\(root)", "48:\(root):",
        ] {
            #expect(TreeHead(text) == nil, "\(text)")
        }
        #expect(TreeHead("99999999999999999999:\(root)") == nil)
        #expect(TreeHash("\(root.dropLast())g") == nil && TreeHash("\(root.dropLast())\u{e9}") == nil)
    }
}
