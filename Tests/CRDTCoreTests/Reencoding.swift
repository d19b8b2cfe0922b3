import CRDTCore

/// Decodes all of `bytes` and encodes the value again; `nil` if the decoder refuses them.
func reencoded<Value>(
  _ bytes: [UInt8], _ decode: (inout ByteReader) throws -> Value,
  _ encode: (inout ByteWriter, Value) -> Void
) -> [UInt8]? {
  do {
    var reader = ByteReader(bytes)
    let value = try decode(&reader)
    try reader.expectEnd()
    var writer = ByteWriter()
    encode(&writer, value)
    return writer.bytes
  } catch {
    return nil
  }
}
