import CRMDomain
import ReplicaStore

extension CommandContext {
  /// Makes sure that the user named with `--as` is the one for whom this node acts.
  ///
  /// - Throws: ``RecordError/otherUser(_:own:)`` if it is another: nobody writes in somebody else's name.
  func checkUser() throws {
    guard let word = options.user else { return }
    let replica = try node.replica()
    try choosing {
      try replica.read { snapshot in
        let view = try RecordView(self, snapshot)
        let meant = try RecordFinder(view).record(named: word, kind: view.catalog["user"])
        guard let own = try snapshot.ownAuthor()?.member, try snapshot.user(of: own) != meant.id
        else { return }
        throw RecordError.otherUser(meant.text, own: try view.authorName(own))
      }
    }
  }
}
