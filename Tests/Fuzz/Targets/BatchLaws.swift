import CRDTCore

/// A plain batch has one encoding; a compressed one holds the same after another compression.
enum BatchLaws {
  static func violation(of bytes: [UInt8]) -> String? {
    guard let batch = try? EntryBatch(decoding: bytes) else { return nil }
    let plain = batch.encoded(level: nil)
    if bytes[0] == 0, plain != bytes {
      return "A plain batch is written otherwise than it was read."
    }
    if plain.count > Limits.batchBytesMax + 1 { return "A batch is longer than the limit." }
    guard (try? EntryBatch(decoding: plain)) == batch,
      (try? EntryBatch(decoding: batch.encoded(level: 1))) == batch
    else { return "A batch that was taken is not taken back." }
    for item in batch.items {
      if let violation = HeaderLaws.violation(of: item) { return violation }
    }
    return nil
  }
}
