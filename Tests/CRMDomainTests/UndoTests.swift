import CRDTCore
import CRMDomain
import ReplicaStore
import Testing

/// Taking back what an operation did, on one node; `Undone and synced` has two.
@Suite("Undo")
struct UndoTests {
  private let office: TestOffice

  init() throws { office = try TestOffice() }

  private func last() throws -> CRMDomain.Operation {
    try #require(try office.replica.read { try OperationLog($0).latest(1) }.first)
  }

  /// Takes an operation back as commands do, in one entry.
  @discardableResult
  private func reverse(
    _ operation: CRMDomain.Operation, _ verb: Reversal.Verb = .undo
  ) throws -> [RecordReversal] {
    try office.replica.write(command: Reversal(verb, of: operation.id).command) { transaction in
      let index = try ReversalPlanner.Index(operation, in: transaction.snapshot)
      let planner = ReversalPlanner(index, office.catalog, in: transaction.snapshot)
      let reversals = try operation.subjects(in: office.catalog).compactMap(planner.reversal)
      for reversal in reversals { try reversal.apply(in: transaction) }
      return reversals
    }
  }

  private func isDeleted(_ kind: String, _ id: RecordID) throws -> Bool {
    try #require(try office.state(kind, id)).isDeleted
  }

  @Test(
    "registers, sets and counters say again what they said before, and after a redo what they said")
  func fields() throws {
    let product = try office.make(
      "product", "name=Seal kit", "sku=P-220", "stock=40", "labels=(vip,old)", "list_price=5")
    try office.edit(
      "product", product, "name=Seal", "stock-=2", "labels+=new", "labels-=old", "list_price=")
    let edit = try last()
    func state() throws -> [String] {
      let texts = try ["name", "stock", "list_price"].map {
        try office.text("product", product, $0)
      }
      let labels = try office.text("product", product, "labels").split(separator: ", ")
      return texts + labels.map(String.init).sorted()
    }
    #expect(try state() == ["Seal", "38", "", "new", "vip"])
    try reverse(edit)
    #expect(try state() == ["Seal kit", "40", "5.00 EUR", "old", "vip"])
    try reverse(try last(), .redo)
    #expect(try state() == ["Seal", "38", "", "new", "vip"])
  }

  @Test("undo after undo goes further back, and redo after redo forward again")
  func chain() throws {
    let account = try office.make("account", "name=Müller")
    for city in ["Bremen", "Kiel", "Jena"] {
      try office.edit("account", account, "country=\(city)")
    }
    let author = try #require(try office.replica.read { try $0.ownAuthor() })
    func undo() throws -> String {
      let operation = try office.replica.read { try OperationLog($0).lastUndoable(by: author) }
      try reverse(try #require(operation))
      return try office.text("account", account, "country")
    }
    func redo() throws -> String {
      let operation = try office.replica.read { try OperationLog($0).lastUndo(by: author) }
      try reverse(try #require(operation), .redo)
      return try office.text("account", account, "country")
    }
    #expect(try [undo(), undo(), undo()] == ["Kiel", "Bremen", ""])
    _ = try undo()
    #expect(try isDeleted("account", account))
    #expect(try redo().isEmpty)
    #expect(try !isDeleted("account", account))
    #expect(try [redo(), redo(), redo()] == ["Bremen", "Kiel", "Jena"])
    #expect(try office.replica.read { try OperationLog($0).lastUndo(by: author) } == nil)
    #expect(try [undo(), undo()] == ["Kiel", "Bremen"])
  }

  @Test("a field that was changed after the operation stays as it is, and the change is named")
  func laterChange() throws {
    let account = try office.make("account", "name=Müller", "website=one.example")
    try office.edit("account", account, "website=two.example", "country=Peru")
    let edit = try last()
    try office.edit("account", account, "website=three.example")
    let later = try last()
    let reversal = try #require(try reverse(edit).first)
    #expect(try office.text("account", account, "website") == "three.example")
    #expect(try office.text("account", account, "country").isEmpty)
    #expect(reversal.kept.map(\.field) == ["website"])
    #expect(reversal.kept.first?.later?.stamp == later.stamp)
  }

  @Test("a deletion is taken back by a restoration, a restoration by a deletion")
  func existence() throws {
    let account = try office.make("account", "name=Müller")
    try office.delete("account", account)
    try reverse(try last())
    #expect(try !isDeleted("account", account))
    try office.delete("account", account)
    let basis = try #require(try office.state("account", account)).basis
    try office.replica.write { try $0.restore("account", account, basis: basis) }
    let restoration = try last()
    try reverse(restoration)
    #expect(try isDeleted("account", account))
    try reverse(try last(), .redo)
    #expect(try !isDeleted("account", account))
  }

  @Test("a record that was changed after it was made is not taken away with its making")
  func changedCreation() throws {
    let account = try office.make("account", "name=Müller")
    let making = try last()
    try office.edit("account", account, "website=two.example")
    let reversal = try #require(try reverse(making).first)
    #expect(try !isDeleted("account", account))
    #expect(!reversal.isChange)
    #expect(reversal.kept.first?.later?.field == "website")
  }

  @Test("filling an empty field of somebody's record is taken back by clearing it, not by deleting")
  func firstWrite() throws {
    let account = try office.make("account", "name=Müller")
    try office.edit("account", account, "website=one.example")
    try reverse(try last())
    #expect(try office.text("account", account, "website").isEmpty)
    #expect(try !isDeleted("account", account))
  }

  @Test("the entries of one batch are one operation, and are taken back as one")
  func batch() throws {
    for name in ["One", "Two", "Three"] {
      try office.replica.write(command: "import accounts x.csv", batch: 77) {
        _ = try $0.create("account", [FieldChange("name", .set(.text(name)))])
      }
      // Somebody works at another prompt meanwhile.
      try office.make("contact", "name=\(name)")
    }
    let operations = try office.replica.read { try OperationLog($0).latest(10) }
    let batches = operations.filter { $0.command?.hasPrefix("import") == true }
    #expect(batches.map(\.records.count) == [3])
    #expect(batches.map(\.entries.count) == [3])
    try reverse(try #require(batches.first))
    #expect(try office.names("account").isEmpty)
    #expect(try office.names("contact").count == 3)
  }

  @Test("what took an operation back is told from the log, by every node that has it")
  func status() throws {
    try office.make("account", "name=Müller")
    let making = try last()
    try reverse(making)
    let undo = try last()
    func reversers() throws -> [OperationID: OperationID] {
      let all = try office.replica.read { try OperationLog($0).latest(.max) }
      return Dictionary(
        uniqueKeysWithValues: all.compactMap { operation in
          operation.reversedBy.map { (operation.id, $0) }
        })
    }
    #expect(try reversers() == [making.id: undo.id])
    #expect(undo.reversal == Reversal(.undo, of: making.id))
    try reverse(undo, .redo)
    #expect(try reversers() == [undo.id: try last().id])
    let found = try office.replica.read {
      try OperationLog($0).operations(beginningWith: String(making.id.text.prefix(9)))
    }
    #expect(found.map(\.id) == [making.id])
  }

  @Test(
    "only what undo and redo store themselves counts as taking back",
    arguments: [
      "undo", "undo zhk2q", "edit undo", "undo z0000000000000000000000000u",
      "undo  z00000000000000000000000001", "undo x00000000000000000000000001",
    ])
  func otherCommands(_ command: String) {
    #expect(Reversal(command: command) == nil)
    #expect(Reversal(command: "undo z00000000000000000000000001") != nil)
  }
}
