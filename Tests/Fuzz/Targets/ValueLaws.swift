import CRDTCore

/// A value has one encoding, and reading stops where the value does.
enum ValueLaws {
  static func violation(of bytes: [UInt8]) -> String? {
    var reader = ByteReader(bytes)
    guard let value = try? reader.readValue() else { return nil }
    var writer = ByteWriter()
    writer.write(value: value)
    return writer.bytes[...] == bytes.prefix(reader.offset)
      ? nil : "A value is written otherwise than it was read."
  }
}
