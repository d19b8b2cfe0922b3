import CRDTCore
import CommandShell
import PeerTransport

/// Why the node could not do what a command asked of it.
package enum NodeFailure: Error, Hashable, Sendable {
  case mistypedCode
  case noSuchNode(String, known: [String])
  case noAddress(String)
  case noPeers
  case unreadableAddress(String)
  case notAdministrator
  case noInviteAddress
  /// The roster has a node of that name already.
  case nodeNameTaken(String)
  /// The file at the store's path cannot even be looked at.
  case unreadableStore(path: String, reason: String)
  /// What is at the store's path is something else, such as `a folder`.
  case noStore(path: String, found: String)
  case notEmpty(path: String)
  case joinedAlready(path: String)
  case inUse(path: String)
  case unfinished
  case joinFailed(reason: String, hint: String?)
  case unwritableToken(path: String, reason: String)
}

extension NodeFailure: NodeError {
  package var exitCode: Int32 {
    switch self {
    case .mistypedCode, .noInviteAddress: ExitCode.failed.rawValue
    case .unreadableAddress: ExitCode.unparsable.rawValue
    case .noSuchNode: ExitCode.noSuchRecord.rawValue
    case .noAddress, .noPeers, .joinFailed: ExitCode.unreachable.rawValue
    case .notAdministrator, .nodeNameTaken: ExitCode.refused.rawValue
    case .unreadableStore, .noStore, .notEmpty, .joinedAlready, .inUse, .unfinished,
      .unwritableToken:
      ExitCode.store.rawValue
    }
  }

  package var summary: String {
    switch self {
    case .mistypedCode: "This is not an invitation code, or it was mistyped."
    case .noSuchNode(let name, _): "The roster has no node “\(name)”."
    case .noAddress(let name): "Where \(name) can be reached is not known here."
    case .noPeers: "No peer's address is known here."
    case .unreadableAddress(let text): "“\(text)” is not an address."
    case .notAdministrator: "Only an administrator may invite a node."
    case .noInviteAddress: "It is not known where this node can be reached."
    case .nodeNameTaken(let name): "The workspace has a node “\(name)” already."
    case .unreadableStore(let path, let reason): "The store \(path) cannot be read: \(reason)."
    case .noStore(let path, let found): "\(path) is not a store of kith, but \(found)."
    case .notEmpty(let path): "There is a store at \(path) already."
    case .joinedAlready(let path): "The store at \(path) has joined a workspace already."
    case .inUse(let path): "Another kith has the store at \(path) open; quit it and join again."
    case .unfinished: "This node was stopped while it joined, and holds nothing yet."
    case .joinFailed(let reason, _): "Joining failed: \(reason)"
    case .unwritableToken(let path, let reason): "\(path) can't be written: \(reason)."
    }
  }

  package var hint: String? {
    switch self {
    case .mistypedCode: "Copy the whole code, from kith- on."
    case .noSuchNode(_, let known):
      known.isEmpty ? nil : "It has \(known.joined(separator: ", "))."
    case .noAddress(let name): "Tell it: kith peer add \(name) HOST:PORT"
    case .noPeers: "Tell one: kith peer add NODE HOST:PORT"
    case .unreadableAddress: "Write it like this: office.example:7440"
    case .notAdministrator: "Ask an administrator to do it."
    case .noInviteAddress: "Name it: kith peer invite NODE --role ROLE --address HOST:PORT"
    case .nodeNameTaken:
      "Invite it under another name, such as one with a number behind it."
    case .unreadableStore: "Check the rights of the file and of its folders."
    case .noStore: "Name a store with --store PATH."
    case .notEmpty: "Name another with --store PATH."
    case .joinedAlready:
      "Fetch what it lacks with: kith sync. For another workspace name a store with --store PATH."
    case .inUse: nil
    case .unfinished: "Finish it with the same code: kith join CODE --node NODE --user NAME"
    case .joinFailed(_, let hint): hint
    case .unwritableToken:
      "The file tells this store from its copies; make room or give access to it."
    }
  }
}
