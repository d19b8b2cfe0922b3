/// What holds on this machine: what variables say, else the configuration file, else what is usual.
package struct Settings: Sendable {
  /// One key as it stands.
  struct Setting {
    let key: ConfigKey
    /// `nil` where nobody says anything and it differs from case to case.
    let value: String?
    /// Who says so: a variable, a line of the file, or nobody.
    let source: String
  }

  let file: Configuration
  private let home: String?
  /// What variables say, with their names.
  private let variables: [ConfigKey: (name: String, value: String)]
  /// What holds of keys that have no usual word of their own.
  private let usual: [ConfigKey: String]

  init(_ environment: ShellEnvironment) {
    file = environment.configuration
    home = environment.home
    var variables: [ConfigKey: (name: String, value: String)] = [:]
    if let pager = environment.pager { variables[.pager] = (environment.pagerVariable, pager) }
    if let (name, choice) = environment.colorVariable {
      variables[.color] = (name, choice.rawValue)
    }
    self.variables = variables
    usual = [.user: environment.loginName, .node: NodeName.of(host: environment.hostName)]
  }

  /// How a key stands, and who says so.
  func setting(_ key: ConfigKey) -> Setting {
    if let (name, value) = variables[key] { return Setting(key: key, value: value, source: name) }
    if let set = file[key] {
      return Setting(key: key, value: set.value, source: "file, line \(set.line)")
    }
    return Setting(key: key, value: key.usual ?? usual[key], source: "default")
  }

  subscript(key: ConfigKey) -> String? { setting(key).value }

  /// The path of a file as a person names it: at the prompt no shell has replaced a tilde.
  func path(_ name: String) -> String {
    guard let home, name == "~" || name.hasPrefix("~/") else { return name }
    return home + name.dropFirst()
  }

  /// Whether settling a conflict takes a reason.
  var needsReason: Bool { self[.conflictReason] == "required" }
}
