package import ReplicaStore

/// Takes records from a file of comma-separated values.
///
/// Rows that cannot be taken are told one by one and leave the others alone. An import adds and
/// replaces: an empty cell leaves its field as it is, and no element leaves a set. With a key, a row's
/// record is the one that the key's value derives, or a live one that has the value already; so the same
/// file imported again writes nothing, and imported on two nodes makes each record once.
package struct CSVImport {
  /// Opens the file at its beginning; called twice where rows refer to rows.
  package typealias Opening = () throws -> CSVReader.Source

  private let catalog: EntityCatalog
  private let entity: Entity
  private let options: ImportOptions

  package init(_ entity: Entity, _ options: ImportOptions, in catalog: EntityCatalog) {
    self.catalog = catalog
    self.entity = entity
    self.options = options
  }

  /// Imports the file, or only checks it, and returns what was done.
  ///
  /// `rejects` takes the lines of a file of the rows not taken, each with line, column and reason;
  /// `progress` is told what was done after each batch.
  ///
  /// - Throws: ``CSVError``, ``ImportError``, ``FieldPathError``, or what reading or writing throws.
  ///   Batches that were finished before stay.
  package func run(
    on replica: Replica, open: Opening, rejects: (([UInt8]) throws -> Void)? = nil,
    progress: ((ImportReport) -> Void)? = nil
  ) throws -> ImportReport {
    var reader = try CSVReader(reading: try open())
    let mapping = try ImportMapping(
      header: reader.header, entity: entity, options: options, catalog: catalog)
    let currency = try replica.read { snapshot in
      try checkStages(of: mapping, in: snapshot)
      return try WorkspaceSettings.currency(in: snapshot.database)
    }
    let values = ValueReader(
      currency: currency, dateOrder: options.dateOrder, timeZone: options.timeZone)
    let editor = RecordEditor(
      catalog, mode: .file, reader: values,
      on: EditOccasion(now: options.now, timeZone: options.timeZone),
      routingRules: { [rules = options.routingRules] in rules })
    editor.newDealPhase = options.newDealPhase
    let session = ImportSession(entity, mapping, isDryRun: options.isDryRun, editor: editor)
    if let rejects {
      try session.reportRejects(to: rejects, header: reader.header, reader.delimiter)
    }
    if session.hasSelfReferences { try session.announceNames(reading: try open()) }
    var isAtEnd = false
    while !isAtEnd {
      isAtEnd = try inTransaction(of: replica) { snapshot, transaction in
        try session.takeBatch(from: &reader, in: snapshot, transaction)
      }
      progress?(session.report)
    }
    while session.hasPending {
      try inTransaction(of: replica) { snapshot, transaction in
        try session.fillSelfReferences(in: snapshot, transaction)
      }
    }
    return session.report
  }

  /// Refuses a file whose columns date stages that there are not.
  private func checkStages(of mapping: ImportMapping, in snapshot: Snapshot) throws {
    guard !mapping.visits.isEmpty else { return }
    let names = try DealStages(in: snapshot.database).stages.map(\.name)
    let known = Set(names.map(NameFolding.folded))
    for visit in mapping.visits where !known.contains(NameFolding.folded(visit.stage)) {
      throw ImportError.noSuchStage(visit.stage, stages: names)
    }
  }

  @discardableResult
  private func inTransaction<Result>(
    of replica: Replica, _ body: (Snapshot, Transaction?) throws -> Result
  ) throws -> Result {
    if options.isDryRun { return try replica.read { try body($0, nil) } }
    return try replica.write(
      reason: options.reason, command: options.command, batch: options.batch
    ) { try body($0.snapshot, $0) }
  }
}
