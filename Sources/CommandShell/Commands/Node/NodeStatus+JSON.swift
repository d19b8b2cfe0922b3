import CRDTCore

extension NodeStatus {
  /// The node as every document writes it.
  func json(_ format: PeopleFormat) -> JSONValue {
    [
      "name": .string(name), "user": user.map { .string($0) } ?? .null,
      "role": role.map { .string($0) } ?? .null, "is_this_node": .bool(isThisNode),
      "words": .string(words), "address": address.map { .string($0) } ?? .null,
      "last_contact": lastContact.map { .string(format.timestamp(Instant($0))) } ?? .null,
      "clock_offset_ms": clockOffsetMilliseconds.map { .integer($0) } ?? .null,
    ]
  }

  /// When this node last heard of it: `today 09:40 (2 h ago)`.
  func contact(_ format: PeopleFormat) -> String {
    if isThisNode { return "this node" }
    guard let lastContact else { return "never" }
    let instant = Instant(lastContact)
    let age = format.age(of: instant)
    return "\(format.moment(instant)) (\(age == "now" ? age : age + " ago"))"
  }
}
