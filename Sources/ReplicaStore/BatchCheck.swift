import CRDTCore

/// An entry of a batch, checked and ready to be taken in.
struct CheckedEntry {
  let entry: Entry
  let hash: EntryHash
  /// Kept only on the last entry of each log in the batch.
  var seal: [UInt8]?
}

/// The checks on a whole batch, before any of it is taken in.
struct BatchCheck {
  /// Where one of the batch's logs stands, moved along as its entries are checked.
  private struct Place {
    /// The last entry checked, by the name in its header.
    var last: Dependency
    let member: MemberID
    let key: NodePublicKey
    /// The position of that entry among the checked ones; `nil` as long as all are held.
    var position: Int?
  }

  private let batch: EntryBatch
  private let workspace: WorkspaceID
  private let reader: LogReader
  private var places: [Place?]
  private var checked: [CheckedEntry] = []
  /// The entries checked that are not held, each with its name and the position of its log.
  private var fresh: [EntryHash: (dot: Dot, log: Int)] = [:]
  /// Of the entries before the batch's logs, those that are not held.
  private var continued: Set<EntryHash> = []
  /// An entry that the batch rests on and that is not held, though another of that name is.
  private var parted: Dot?

  init(batch: EntryBatch, workspace: WorkspaceID, reader: LogReader) {
    self.batch = batch
    self.workspace = workspace
    self.reader = reader
    places = Array(repeating: nil, count: batch.logs.count)
  }

  /// The last entry of each log in the batch.
  var lasts: [Dependency] { places.compactMap { $0?.last } }

  /// Checks every entry, and returns those that are not held yet.
  mutating func run() throws -> [CheckedEntry] {
    checked.reserveCapacity(batch.items.count)
    for item in batch.items { try check(item) }
    guard !places.contains(where: { $0 == nil }) else {
      throw BatchError.malformed("entries of every log it lists")
    }
    let lasts = places.compactMap { place in place?.position.map { (place, $0) } }
    var sealed: Set<Int> = []
    for case (let place?, let position) in lasts where !continued.contains(place.last.hash) {
      try checkSeal(of: place, at: position)
      sealed.insert(position)
    }
    // Seals within the batch are not needed once the last has verified.
    for index in checked.indices where checked[index].seal != nil && !sealed.contains(index) {
      checked[index].seal = nil
    }
    // Who bends a batch on its way is to hear of the seals, and not of logs that have forked.
    if let parted { throw BatchError.parted(parted) }
    return checked
  }

  private mutating func check(_ item: EntryBatch.Item) throws {
    var place = try places[item.log] ?? start(item)
    let dot = Dot(replica: place.last.dot.replica, sequence: place.last.dot.sequence + 1)
    guard (item.header.origin != nil) == (dot.sequence == 1) else {
      throw BatchError.misplacedOrigin(dot)
    }
    let context = HeaderContext(
      workspace: workspace, dot: dot, time: item.time, member: place.member,
      previous: place.last.hash)
    let header = item.header.header(in: context, payload: item.payload)
    let hash = header.hash
    place.last = Dependency(dot: dot, hash: hash)
    if try place.position != nil || reader.local(dot, hash) == nil, fresh[hash] == nil {
      try checkDependencies(of: header)
      place.position = checked.count
      fresh[hash] = (dot, item.log)
      checked.append(
        CheckedEntry(
          entry: Entry(header: header, payload: item.payload), hash: hash, seal: item.seal))
    }
    places[item.log] = place
  }

  /// Where the log of an item goes on that is the batch's first of it.
  private mutating func start(_ item: EntryBatch.Item) throws -> Place {
    let log = batch.logs[item.log]
    let next = Dot(replica: log.replica, sequence: log.sequence)
    guard log.sequence > 1 else {
      guard let origin = item.header.origin else { throw BatchError.gap(next) }
      guard origin.replica == log.replica else { throw BatchError.falseOrigin(log.replica) }
      return Place(
        last: Dependency(dot: Dot(replica: log.replica, sequence: 0), hash: .none),
        member: origin.member, key: origin.key)
    }
    let dot = Dot(replica: log.replica, sequence: log.sequence - 1)
    guard let previous = try log.previous ?? ownHash(of: dot) else { throw BatchError.gap(next) }
    let last = Dependency(dot: dot, hash: previous)
    if let held = try reader.local(dot, previous), let author = reader.directory[held.replica] {
      return Place(last: last, member: author.member, key: author.key)
    }
    if let other = fresh[previous], other.dot == dot, let author = places[other.log] {
      continued.insert(previous)
      return Place(last: last, member: author.member, key: author.key)
    }
    guard let other = heldOtherwise(dot) else { throw BatchError.gap(next) }
    parted = dot
    return Place(last: last, member: other.member, key: other.key)
  }

  /// A log that has another entry under a name than the one that is asked for and not held.
  private func heldOtherwise(_ dot: Dot) -> LogState? {
    reader.directory.family(of: dot.replica).first {
      $0.first <= dot.sequence && dot.sequence <= $0.sequence
    }
  }

  /// The hash of an entry of a log that the sender takes to have no branches.
  private func ownHash(of dot: Dot) throws -> EntryHash? {
    guard let log = reader.directory[dot.replica], log.original == dot.replica,
      dot.sequence <= log.sequence
    else { return nil }
    if dot.sequence == log.sequence { return log.hash }
    return try reader.log.stamp(of: LocalDot(replica: log.number, sequence: dot.sequence))?.hash
  }

  private mutating func checkDependencies(of header: EntryHeader) throws {
    for dependency in header.dependencies {
      let isForeign = dependency.dot.replica != header.dot.replica
      if isForeign, try isHeld(dependency) { continue }
      guard isForeign, heldOtherwise(dependency.dot) != nil else {
        throw BatchError.missingDependency(of: header.dot, on: dependency.dot)
      }
      parted = dependency.dot
    }
  }

  private func isHeld(_ dependency: Dependency) throws -> Bool {
    if let (dot, _) = fresh[dependency.hash] { return dot == dependency.dot }
    return try reader.local(dependency.dot, dependency.hash) != nil
  }

  private func checkSeal(of place: Place, at position: Int) throws {
    let last = checked[position]
    guard let seal = last.seal else { throw BatchError.unsealed(place.last.dot.replica) }
    let message = Seal.message(workspace: workspace, dot: place.last.dot, hash: last.hash)
    guard place.key.isValid(signature: seal, for: message) else {
      throw BatchError.falseSeal(place.last.dot.replica)
    }
  }
}
