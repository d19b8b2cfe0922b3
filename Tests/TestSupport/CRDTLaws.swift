import CRDTCore

/// What must hold of anything that is folded from entries, whatever it is.
package enum CRDTLaws {
  /// Folds a history in many causal orders, with repetitions and in batches, and compares the ends.
  ///
  /// Each entry is delivered at least once and folded once: like a replica, the fold skips what its
  /// version vector covers.
  ///
  /// - Parameters:
  ///   - history: The entries.
  ///   - expected: The state that the set of entries has by its definition.
  ///   - initial: The state of a replica that holds nothing.
  ///   - deliveries: How many orders to try.
  ///   - random: Where orders, repetitions and batches come from.
  ///   - resumed: The state as a replica reads it back between two batches.
  ///   - apply: Folds one entry in.
  /// - Returns: What went wrong, or `nil`.
  package static func violation<Write, State: Equatable>(
    of history: CausalHistory<Write>, expected: State, from initial: State, deliveries: Int = 6,
    using random: inout SplitMix64, resumed: (State) -> State = { $0 },
    apply: (inout State, CausalHistory<Write>.Event) -> Void
  ) -> String? {
    for _ in 0..<deliveries {
      let order = history.reordered(using: &random)
      var state = initial
      var vector = VersionVector()
      for (index, event) in order.enumerated() {
        let repeated = order[Int.random(in: 0...index, using: &random)]
        for delivered in [event, repeated] where !vector.covers(delivered.stamp.dot) {
          apply(&state, delivered)
          vector.include(delivered.stamp.dot)
        }
        if random.chance(30) { state = resumed(state) }
      }
      guard state == expected else {
        let dots = order.map { "\($0.stamp.dot.replica.rawValue)/\($0.stamp.dot.sequence)" }
        return "In the order \(dots.joined(separator: " ")) the state is \(state), not \(expected)."
      }
    }
    return nil
  }

  /// Decodes every truncation of an encoding and every copy with one bit flipped.
  ///
  /// A decoder that traps ends the test run; one that takes a damaged copy must give a value whose
  /// encoding is that copy, or two different byte strings would mean the same.
  ///
  /// - Parameters:
  ///   - bytes: A valid encoding.
  ///   - reencoded: Decodes and encodes again; `nil` if the bytes are refused.
  /// - Returns: What went wrong, or `nil`.
  package static func violation(
    ofDecoding bytes: [UInt8], reencoded: ([UInt8]) -> [UInt8]?
  ) -> String? {
    guard reencoded(bytes) == bytes else {
      return "\(Hexadecimal.text(of: bytes)) does not survive decoding and encoding."
    }
    for length in 0..<bytes.count where reencoded(Array(bytes.prefix(length))) != nil {
      return "\(Hexadecimal.text(of: bytes.prefix(length))) is taken, cut short as it is."
    }
    var damaged = bytes
    for bit in 0..<bytes.count * 8 {
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if let second = reencoded(damaged), second != damaged {
        return "\(Hexadecimal.text(of: damaged)) means the same as \(Hexadecimal.text(of: second))."
      }
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    return nil
  }
}
