/// The commands about this node, its store and its peers, and the words they need.
package enum NodeCommands {
  package static let all: [any ShellCommand] = [
    InitCommand(), JoinCommand(), ServeCommand(), SyncCommand(), StatusCommand(),
    PeerInviteCommand(), PeerListCommand(), PeerAddCommand(), NodeShowCommand(),
    StoreDigestCommand(), StoreCheckCommand(), StoreRebuildCommand(),
  ]

  package static let verbs: [Vocabulary.Verb] = [
    .init("init", kindUse: .none), .init("join", kindUse: .none), .init("serve", kindUse: .none),
    .init("status", kindUse: .none), .init("help", aliases: ["?"], kindUse: .none),
  ]

  package static let nouns: [Vocabulary.Noun] = [
    .init("sync", verbs: ["run"], isVerbOptional: true),
    .init("peer", verbs: ["invite", "list", "add"]),
    .init("node", verbs: ["show"]),
    .init("config", verbs: ["list", "get", "set", "unset"]),
    .init("store", verbs: ["digest", "check", "rebuild"]),
  ]

  package static let options: [Vocabulary.Option] = [
    .init("workspace", takesValue: true), .init("user", takesValue: true),
    .init("currency", takesValue: true), .init("node", takesValue: true),
    .init("listen", takesValue: true), .init("role", takesValue: true),
    .init("address", takesValue: true), .init("background"),
  ]
}
