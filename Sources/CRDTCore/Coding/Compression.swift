import CZstd

/// Zstandard, with every decompressed length bounded before memory is taken.
public enum Compression {
  /// Compresses `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: What to compress.
  ///   - level: Zstandard's level; 1 is the fastest of those that pay.
  /// - Returns: A frame that states its content's length, or `nil` if it would not be shorter.
  public static func compressed(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
    let bound = ZSTD_compressBound(bytes.count)
    let frame = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      let result = bytes.withUnsafeBytes {
        ZSTD_compress(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count, level)
      }
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    return frame.isEmpty || frame.count >= bytes.count ? nil : frame
  }

  /// How long a frame says its content is; `nil` if it does not say.
  static func statedByteCount(of frame: ArraySlice<UInt8>) -> Int? {
    let stated = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    // The two greatest numbers mean "not stated" and "no frame"; neither fits.
    return Int(exactly: stated)
  }

  /// Decompresses one frame.
  ///
  /// - Throws: ``MalformedBytes`` if the frame is damaged or empty, is followed by more bytes, does
  ///   not state its content's length, or states one above `limit`.
  public static func decompressed(
    _ frame: ArraySlice<UInt8>, max limit: Int
  ) throws(MalformedBytes) -> [UInt8] {
    // A frame of nothing may be one to be skipped, a second encoding of what comes without it.
    guard let length = statedByteCount(of: frame), length > 0, length <= limit else {
      throw MalformedBytes("a frame of at most \(limit) bytes")
    }
    let frameLength = frame.withUnsafeBytes {
      ZSTD_findFrameCompressedSize($0.baseAddress, $0.count)
    }
    guard frameLength == frame.count else { throw MalformedBytes("one frame and no more") }
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let result = frame.withUnsafeBytes {
        ZSTD_decompress(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
      }
      count = ZSTD_isError(result) == 0 ? result : 0
    }
    guard bytes.count == length else { throw MalformedBytes("an undamaged frame") }
    return bytes
  }
}
