import CRDTCore
import Foundation
import TestSupport
import Testing

@Suite("The ground that tests stand on")
struct SupportTests {
  @Test("SplitMix64 gives the numbers of its reference implementation")
  func generator() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test("hexadecimal text reads back, whatever the line breaks")
  func hexadecimal() {
    let bytes = (0..<70).map { UInt8($0) }
    #expect(Hexadecimal.bytes(from: Hexadecimal.lines(of: bytes)) == bytes)
    #expect(Hexadecimal.bytes(from: "0g") == nil)
    #expect(Hexadecimal.bytes(from: "012") == nil)
  }

  @Test("a temporary folder is gone with its last reference")
  func temporaryDirectory() throws {
    var directory: TemporaryDirectory? = try TemporaryDirectory()
    let path = try #require(try directory?.write("text", to: "file"))
    #expect(FileManager.default.fileExists(atPath: path))
    directory = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("golden bytes name the fixture they differ from")
  func goldenBytes() throws {
    let golden = GoldenBytes()
    try golden.expect([0xC0, 0xFF, 0xEE], in: "example", comment: "three bytes")
    let error = #expect(throws: GoldenBytes.Difference.self) {
      try golden.expect([0xC0, 0xFF], in: "example", comment: "three bytes")
    }
    #expect(error?.description.contains("example.hex") == true)
  }

  @Test("the laws catch a fold that depends on the order and one that repeats")
  func lawsFail() {
    var random = Seed(1).generator()
    let history = CausalHistory(using: &random) { draft, _ in (draft.dot.sequence, .none) }
    let sum = history.events.reduce(0) { $0 + $1.write }
    #expect(
      CRDTLaws.violation(of: history, expected: sum, from: 0, using: &random) {
        $0 += $1.write
      } == nil)
    #expect(
      CRDTLaws.violation(of: history, expected: sum, from: 0, using: &random) {
        $0 = $0 * 3 + $1.write
      } != nil)
  }

  @Test("the decoding law catches a decoder that takes two encodings of one value")
  func decodingLawFails() {
    #expect(CRDTLaws.violation(ofDecoding: [1]) { $0.isEmpty ? nil : $0 } == nil)
    #expect(CRDTLaws.violation(ofDecoding: [1]) { $0.isEmpty ? nil : [$0[0] | 1] } != nil)
    #expect(CRDTLaws.violation(ofDecoding: [1]) { _ in [1] } != nil)
  }
}
