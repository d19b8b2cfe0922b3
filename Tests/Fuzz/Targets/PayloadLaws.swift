import CRDTCore

/// A payload has one encoding, up to how its parts are compressed.
enum PayloadLaws {
  static func violation(of bytes: [UInt8]) -> String? {
    guard let encoded = try? PayloadBytes(bytes: bytes) else { return nil }
    _ = encoded.uncompressedByteCount
    guard let payload = try? Payload(decoding: encoded, author: FuzzInput.author) else {
      return nil
    }
    guard let parts = contents(of: bytes) else {
      return "A payload was taken whose parts are none."
    }
    let salt = Array(parts[1].prefix(Payload.saltByteCount))
    let again = payload.encoded(author: FuzzInput.author, salt: salt)
    guard contents(of: again.bytes) == parts else {
      return "A payload is written otherwise than it was read."
    }
    guard (try? Payload(decoding: again, author: FuzzInput.author)) == payload else {
      return "A payload that was taken is not taken back."
    }
    return violation(of: payload)
  }

  /// What whoever applies a payload relies on.
  private static func violation(of payload: Payload) -> String? {
    var next = 0
    for record in payload.records {
      guard record.writes.lowerBound == next, !record.writes.isEmpty else {
        return "The records do not share the writes out."
      }
      next = record.writes.upperBound
      guard payload.name(record.kind) != nil else { return "A kind has no name." }
    }
    guard next == payload.writes.count else { return "A write is of no record." }
    guard payload.writes.allSatisfy({ payload.name($0.field) != nil }) else {
      return "A field has no name."
    }
    return nil
  }

  /// Both parts, decompressed, read without the decoder that is held against them.
  private static func contents(of bytes: [UInt8]) -> [[UInt8]]? {
    var reader = ByteReader(bytes)
    guard let structure = try? reader.readPrefixed(max: .max),
      let values = try? reader.readBytes(reader.remaining)
    else { return nil }
    let parts = [structure, values].compactMap { part -> [UInt8]? in
      switch part.first {
      case 0: Array(part.dropFirst())
      case 1: try? Compression.decompressed(part.dropFirst(), max: Limits.transactionBytesMax)
      default: nil
      }
    }
    return parts.count == 2 ? parts : nil
  }
}
