package import CRMDomain
import ReplicaStore

/// The kinds and fields of a workspace: those of the program, and the fields that people have added.
///
/// What a peer defines arrives at any time, so the store is asked each time; with no own fields that is one
/// look at an empty table.
package struct WorkspaceCatalog: Sendable {
  /// What the program knows by itself.
  package let program: EntityCatalog
  private let node: any NodeControl

  package init(_ program: EntityCatalog, _ node: any NodeControl) {
    self.program = program
    self.node = node
  }

  /// The catalogue as of now.
  ///
  /// Where there is no store that can be read, it is the program's: help works there, too, and the
  /// command that needs the store says what is wrong with it.
  package var current: EntityCatalog {
    (try? node.replica().read { try program.adding(ownFieldsIn: $0) }) ?? program
  }
}
