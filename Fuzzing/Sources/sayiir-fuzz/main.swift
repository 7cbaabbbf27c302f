// The fuzzer: libFuzzer's arguments, on the target that the environment names. See `scripts/fuzz`.

internal import FuzzTargets

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

// libFuzzer has a `main` of its own, which SwiftPM's way of linking programs does not leave room for.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What this run fuzzes.
enum Chosen {
    /// From the environment, because libFuzzer takes all arguments for its own and hands the environment on to the processes
    /// that it starts.
    static let target: FuzzTarget = {
        let name = getenv("SAYIIR_FUZZ").map { String(cString: $0) } ?? ""
        guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
            print("SAYIIR_FUZZ must be one of: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
            exit(64)
        }
        return target
    }()
}

/// Runs one input. The name is what libFuzzer's own `main` asks for, which is linked in and not used.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try Chosen.target.run(UnsafeRawBufferPointer(start: start, count: count))
    } catch {
        fatalError("\(error)")
    }
    return 0
}

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(runFuzzer(&argumentCount, &arguments, testOneInput))
