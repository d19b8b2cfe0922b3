import CRDTCore

/// A compact header has one encoding, and restoring the whole header loses nothing of it.
enum HeaderLaws {
  static func violation(of bytes: [UInt8]) -> String? {
    var reader = ByteReader(bytes)
    guard let header = try? CompactHeader(from: &reader) else { return nil }
    return header.encoded[...] == bytes.prefix(reader.offset)
      ? nil : "A header is written otherwise than it was read."
  }

  /// Restores the whole header of an entry that was taken, and shortens it again.
  static func violation(of item: EntryBatch.Item) -> String? {
    let context = HeaderContext(
      workspace: WorkspaceID(rawValue: 1), dot: Dot(replica: FuzzInput.author, sequence: 1),
      time: item.time, member: MemberID(rawValue: 2), previous: .none)
    let whole = item.header.header(in: context, payload: item.payload)
    guard CompactHeader(whole) == item.header else {
      return "A restored header shortens to another."
    }
    return whole.hash == item.header.header(in: context, payload: item.payload).hash
      ? nil : "A header has two hashes."
  }
}
