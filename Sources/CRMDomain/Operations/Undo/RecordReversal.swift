package import CRDTCore
package import ReplicaStore

/// What taking an operation back does to one record.
package struct RecordReversal: Sendable {
  /// What is done.
  package enum Act: Sendable {
    /// Nothing: all of it is kept.
    case nothing
    case edit(EditPlan)
    case delete(Basis)
    case restore(Basis)
  }

  /// Something that the operation did and that stays, since somebody has changed it after.
  package struct Kept: Sendable {
    /// What the operation had done.
    package enum Own: Sendable {
      case created, deleted, restored
      case wrote(FieldWrite.Change)
    }

    /// The field; empty for the record's existence.
    package let field: String
    /// What the operation had done.
    package let own: Own
    /// What was done after it; `nil` where the record went with the one that owns it.
    package let later: Later?
  }

  /// A write that came after.
  package struct Later: Sendable {
    package let stamp: Stamp
    package let author: LogAuthor
    /// The field that it wrote to; empty for the record's existence.
    package let field: String
    package let change: FieldWrite.Change
  }

  package let key: RecordKey
  package let act: Act
  package let kept: [Kept]

  /// Whether anything is changed.
  package var isChange: Bool { if case .nothing = act { false } else { true } }

  /// Writes it.
  package func apply(in transaction: Transaction) throws {
    switch act {
    case .nothing: break
    case .edit(let plan): try plan.apply(in: transaction)
    case .delete(let basis): try transaction.delete(key.kind, key.id, basis: basis)
    case .restore(let basis): try transaction.restore(key.kind, key.id, basis: basis)
    }
  }

  /// How much room its writes take in an entry, roughly.
  package var size: WriteSize {
    if case .edit(let plan) = act { plan.size } else { WriteSize.oneWrite }
  }
}
