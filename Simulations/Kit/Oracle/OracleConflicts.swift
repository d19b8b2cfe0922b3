import CRDTCore
import ReplicaStore

/// Finds the conflicts of a state: docs/conflicts.md, kind by kind.
struct OracleConflicts {
  let history: OracleHistory
  let trust: OracleTrust
  let records: [RecordKey: OracleRecord]
  /// The rules that people have set.
  let policies: OraclePolicies
  /// The entries ahead of the clocks, by place.
  let ahead: [Int]
  let schema: ReplicaSchema

  /// Every conflict, by kind, then id.
  var all: [OracleConflict] {
    let broken = OracleConstraints(records: records, schema: schema).broken
    return [
      fields, lifecycles, shared, broken.filter { $0.kind == .constraint },
      broken.filter { $0.kind == .transition }, held.filter(isUndismissed),
      clocks.filter(isUndismissed), forks,
    ].flatMap { $0.sorted { $0.id < $1.id } }
  }

  private var visible: some Sequence<OracleRecord> { records.values.filter { !$0.isDeleted } }

  private var fields: [OracleConflict] {
    visible.flatMap { record in
      record.registers.compactMap { name, register -> OracleConflict? in
        guard register.isDisputed, let kind = schema[record.key.kind], let field = kind[name],
          case .register = field.merge
        else { return nil }
        let rule = policies.rule(of: field, in: kind).conflicts
        let sides = register.candidates.map {
          OracleConflict.Side(
            $0.stamp, $0.member, value: $0.side.value,
            isShowing: $0.stamp == register.shown?.stamp && $0.index == register.shown?.index)
        }
        return OracleConflict(
          .field,
          madeOf: record.key.parts + [Array(name.utf8)] + register.dots.map(\.encoded),
          records: [record.key], field: name, sides: sides.inOrder, isOpen: rule != .automatic)
      }
    }
  }

  private var lifecycles: [OracleConflict] {
    records.values.compactMap { record in
      let unanswered = record.unanswered
      guard !unanswered.isEmpty else { return nil }
      let isHidden = record.isDeletedItself
      let sides =
        record.deletes.map {
          OracleConflict.Side($0.stamp, $0.member, act: .deleted, isShowing: isHidden)
        }
        + unanswered.map {
          OracleConflict.Side(
            $0.stamp, $0.member, act: .edited, isShowing: !isHidden)
        }
      return OracleConflict(
        .lifecycle, madeOf: record.key.parts + sides.map(\.stamp.dot).sorted().map(\.encoded),
        records: [record.key], sides: sides.inOrder)
    }
  }

  private var shared: [OracleConflict] {
    schema.kinds.flatMap { kind in
      kind.fields.filter(\.isUnique).flatMap { field in
        let holders = visible.filter { $0.key.kind == kind.name }.filter {
          $0.registers[field.name].map { !$0.value.isNull } ?? false
        }
        let byValue = Dictionary(grouping: holders) { $0.registers[field.name]?.value.encoded }
        return byValue.values.filter { $0.count > 1 }.compactMap { holders in
          conflict(of: holders.sorted { $0.key.id < $1.key.id }, sharing: field.name)
        }
      }
    }
  }

  private func conflict(of holders: [OracleRecord], sharing field: String) -> OracleConflict? {
    guard let first = holders.first, let value = first.registers[field]?.value else { return nil }
    let sides = holders.compactMap { $0.side(of: field) }
    return OracleConflict(
      .unique,
      madeOf: [Array(first.key.kind.utf8), Array(field.utf8), value.encoded]
        + holders.map(\.key.id.rawValue.bigEndianBytes),
      records: holders.map(\.key), field: field, sides: sides.inOrder)
  }

  private var held: [OracleConflict] {
    trust.verdicts.enumerated().compactMap { position, verdict in
      guard let verdict else { return nil }
      let stamp = history.stamp(of: position)
      return OracleConflict(
        .held, madeOf: [stamp.dot.encoded, stamp.hash.bytes],
        sides: [side(of: position, isShowing: false)], reason: verdict)
    }
  }

  /// One conflict a log: its entries that were ahead, from the first to the last.
  private var clocks: [OracleConflict] {
    let names = history.names.dots
    return Dictionary(grouping: ahead) { names[$0].replica }.values.compactMap { ahead in
      let ahead = ahead.sorted { names[$0] < names[$1] }
      guard let first = ahead.first, let last = ahead.last else { return nil }
      return OracleConflict(
        .clock, madeOf: [names[first].encoded, names[last].encoded],
        sides: (first == last ? [first] : [first, last]).map { side(of: $0, isShowing: false) })
    }
  }

  /// One conflict a branch, which nobody has to settle: its first entry, and the one that kept the name.
  private var forks: [OracleConflict] {
    history.names.branches.map { branch in
      OracleConflict(
        .fork, madeOf: [branch.id.rawValue.bigEndianBytes],
        sides: [
          side(of: branch.first, isShowing: false), side(of: branch.kept, isShowing: true),
        ].inOrder, isOpen: false)
    }
  }

  /// A conflict is put aside by a live record whose id is derived from the conflict's.
  private func isUndismissed(_ conflict: OracleConflict) -> Bool {
    let id = RecordID(derivedFrom: "dismissal", [conflict.id.bigEndianBytes])
    return records[RecordKey(kind: "dismissal", id: id)]?.isDeleted ?? true
  }

  private func side(of position: Int, isShowing: Bool) -> OracleConflict.Side {
    OracleConflict.Side(
      history.stamp(of: position), history.member(of: position), isShowing: isShowing)
  }
}

extension RecordKey {
  /// What a record brings to a conflict's id.
  fileprivate var parts: [[UInt8]] { [Array(kind.utf8), id.rawValue.bigEndianBytes] }
}

extension Dot {
  /// What a write brings to a conflict's id: replica (16 bytes), sequence (varint).
  fileprivate var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: replica.rawValue)
    writer.write(varint: sequence)
    return writer.bytes
  }
}

extension Value {
  fileprivate var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(value: self)
    return writer.bytes
  }
}
