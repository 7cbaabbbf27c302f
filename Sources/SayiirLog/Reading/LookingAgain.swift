/// Runs `body`, which lists files and opens them, again if one of them was gone by then: a writer seals segments and removes them, and
/// the next listing tells what is there instead. Blocks.
///
/// - Throws: what `body` throws; a missing file after ten tries.
func lookingAgain<Result>(_ body: () throws -> Result) throws -> Result {
    var attempts = 0
    while true {
        do {
            return try body()
        } catch let error as FileSystemError where error.isMissingFile && attempts < 10 {
            attempts += 1
            sleepBriefly()
        }
    }
}
