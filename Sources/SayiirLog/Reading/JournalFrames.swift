/// Reads single frames of journals, by their places.
struct JournalFrames {
    let directory: String
    let fileSystem: any FileSystem

    /// Calls `visit` with the frame at each location.
    ///
    /// - Throws: ``LogError/refused(_:)`` if a frame is damaged, which was whole when its place was noted; a
    ///   ``FileSystemError``, also if a segment is sealed by now.
    func read(_ locations: some Collection<FrameLocation>, visit: (Frame) throws -> Void) throws {
        guard !locations.isEmpty else { return }
        let names = try LogFiles(in: directory, fileSystem: fileSystem).segments
        var open: (file: any File, header: SegmentHeader)?
        for location in locations {
            if open?.header.number != location.segment { open = try segment(location.segment, of: names) }
            guard let open else { continue }
            var position = FramePosition(startOf: open.header)
            position.offset = location.offset
            position.nextSequence = location.firstSequence
            switch try SegmentReader.frame(at: position, in: open.file) {
            case .success(let frame): try visit(frame)
            case .failure(let defect):
                throw LogError.damage(
                    defect, at: position, in: directory, isNewest: location.segment == names.last?.number)
            }
        }
    }

    private func segment(
        _ number: UInt32, of names: [SegmentName]
    ) throws -> (file: any File, header: SegmentHeader) {
        guard let name = names.first(where: { $0.number == number && !$0.isSealed }) else {
            throw FileSystemError.missingSegment(number, in: directory)
        }
        let file = try fileSystem.open("\(directory)/\(name)", as: .read)
        do {
            return (file, try SegmentHeader(of: file, expecting: name))
        } catch let defect as SegmentHeader.Defect {
            throw defect.error(of: name, in: directory)
        }
    }
}
