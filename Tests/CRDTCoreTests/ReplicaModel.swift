import CRDTCore
import TestSupport

/// Where a write lands: a field of a record, or an element of a set there.
struct Cell: Hashable, Sendable {
  let record: RecordID
  let field: String
  var element: ElementKey?
}

/// The state of a few records, folded by the code under test.
struct ReplicaModel: Equatable, Sendable {
  var registers: [Cell: RegisterHeads] = [:]
  var elements: [Cell: ElementHeads<Dot>] = [:]
  var counters: [Cell: Int64] = [:]
  var lifecycles: [RecordID: Lifecycle] = [:]
  var touches: [RecordID: TouchVector] = [:]

  /// Folds one entry's decoded payload in.
  mutating func apply(_ payload: Payload, stamp: Stamp) {
    for record in payload.records {
      for write in payload.writes[record.writes] {
        let cell = Cell(
          record: record.id, field: payload.name(write.field) ?? "", element: write.element)
        apply(write, to: cell, stamp: stamp)
      }
    }
  }

  private mutating func apply(_ write: FieldWrite, to cell: Cell, stamp: Stamp) {
    var isTouch = true
    switch write.change {
    case .register(let value):
      let head = Head(stamp: stamp, sides: [Side(value: value)])
      registers[cell, default: RegisterHeads()].apply(head, replacing: write.replaces)
    case .sides(let sides):
      let head = Head(stamp: stamp, sides: sides)
      registers[cell, default: RegisterHeads()].apply(head, replacing: write.replaces)
    case .counter(let increment):
      counters[cell, default: 0] += increment
    case .element(_, let isPresent, _):
      let head = ElementHead(stamp.dot, isPresent: isPresent)
      elements[cell, default: ElementHeads()].apply(head, replacing: write.replaces)
    case .delete(let seen):
      isTouch = false
      let head = LifecycleHead(stamp: stamp, act: .delete(seen: VersionVector(seen)))
      lifecycles[cell.record, default: Lifecycle()].apply(head, replacing: write.replaces)
    case .restore:
      let head = LifecycleHead(stamp: stamp, act: .restore)
      lifecycles[cell.record, default: Lifecycle()].apply(head, replacing: write.replaces)
    case .unknown:
      break
    }
    guard isTouch else { return }
    touches[cell.record, default: TouchVector()].include(
      TouchVector.Touch(dot: stamp.dot, time: stamp.time))
  }
}

extension ReplicaModel {
  /// The state that a set of entries has by definition: per cell the writes that no write names, all
  /// increments, and each replica's last write that is no delete.
  init(definedBy events: [CausalHistory<ModelEntry>.Event]) {
    typealias Placed = (cell: Cell, stamp: Stamp, write: FieldWrite)
    let writes = events.flatMap { event in
      event.write.payload.records.flatMap { record in
        event.write.payload.writes[record.writes].map { write -> Placed in
          let name = event.write.payload.name(write.field) ?? ""
          return (
            Cell(record: record.id, field: name, element: write.element), event.stamp, write
          )
        }
      }
    }
    self.init()
    for (cell, placed) in Dictionary(grouping: writes, by: \.cell) {
      let replaced = placed.flatMap(\.write.replaces)
      let kept = placed.filter { !replaced.contains($0.stamp.dot) }
      let sides = kept.compactMap { one in one.write.sides.map { Head(stamp: one.stamp, sides: $0) }
      }
      if !sides.isEmpty { registers[cell] = RegisterHeads(heads: sides) }
      let presence = kept.compactMap { one in
        one.write.presence.map { ElementHead(one.stamp.dot, isPresent: $0) }
      }
      if !presence.isEmpty { elements[cell] = ElementHeads(heads: presence) }
      let acts = kept.compactMap { one in
        one.write.act.map { LifecycleHead(stamp: one.stamp, act: $0) }
      }
      if !acts.isEmpty { lifecycles[cell.record] = Lifecycle(heads: acts) }
      let increments = placed.compactMap { one -> Int64? in
        if case .counter(let increment) = one.write.change { increment } else { nil }
      }
      if !increments.isEmpty { counters[cell] = increments.reduce(0, +) }
    }
    for (cell, stamp, write) in writes {
      if case .delete = write.change { continue }
      let last = touches[cell.record]?.dots.first { $0.replica == stamp.dot.replica }
      guard (last?.sequence ?? 0) < stamp.dot.sequence else { continue }
      touches[cell.record, default: TouchVector()].include(
        TouchVector.Touch(dot: stamp.dot, time: stamp.time))
    }
  }
}

extension FieldWrite {
  fileprivate var sides: [Side]? {
    switch change {
    case .register(let value): [Side(value: value)]
    case .sides(let sides): sides
    case .counter, .element, .delete, .restore, .unknown: nil
    }
  }

  fileprivate var presence: Bool? {
    if case .element(_, let isPresent, _) = change { isPresent } else { nil }
  }

  fileprivate var act: LifecycleHead.Act? {
    switch change {
    case .delete(let seen): .delete(seen: VersionVector(seen))
    case .restore: .restore
    case .register, .sides, .counter, .element, .unknown: nil
    }
  }
}
