import CRDTCore

/// What the laws of several decoders make of their input.
enum FuzzInput {
  /// Whose entries are read.
  static let author = ReplicaID(rawValue: 0x5EED)

  /// The bytes in chunks of `size`, the last one shorter; all at once for 0.
  static func chunks(of bytes: ArraySlice<UInt8>, size: Int) -> [[UInt8]] {
    guard size > 0 else { return bytes.isEmpty ? [] : [Array(bytes)] }
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: size).map {
      Array(bytes[$0..<min($0 + size, bytes.endIndex)])
    }
  }
}
