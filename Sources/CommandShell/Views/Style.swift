import CRMDomain

/// Whether to colour, as the option `--color` says.
package enum ColorChoice: String, Sendable, CaseIterable {
  case auto
  case always
  case never
}

/// How a view may draw: in colour or not, in Unicode or in ASCII alone.
package struct Style: Hashable, Sendable {
  /// How a text is set off, as the terminal is told.
  package struct Ink: Hashable, Sendable {
    package static let bold = Ink(code: "1")
    package static let faint = Ink(code: "2")
    package static let reversed = Ink(code: "7")
    package static let red = Ink(code: "31")
    package static let green = Ink(code: "32")
    package static let yellow = Ink(code: "33")

    let code: String

    private init(code: String) { self.code = code }

    /// A colour that people have given; besides bold, where it is a heading.
    init(_ colour: Colour, isBold: Bool = false) {
      code = (isBold ? "1;" : "") + "38;5;\(colour.terminalNumber)"
    }
  }

  /// Neither colour nor anything else a file could not hold.
  package static let plain = Style(isColored: false)

  package let isColored: Bool
  /// Whether lines and signs are drawn in ASCII; data stays as it is.
  package let isASCII: Bool

  package init(isColored: Bool, isASCII: Bool = false) {
    self.isColored = isColored
    self.isASCII = isASCII
  }

  package func paint(_ text: String, _ ink: Ink?) -> String {
    guard isColored, let ink, !text.isEmpty else { return text }
    return "\u{1B}[\(ink.code)m\(text)\u{1B}[0m"
  }

  /// A text as it reads without the colours that ``paint(_:_:)`` gave it.
  static func uncolored(_ text: String) -> String {
    text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
  }

  /// What stands where text was cut.
  package var ellipsis: String { isASCII ? ".." : "…" }
  /// What stands between the parts of a footer or heading.
  package var separator: String { isASCII ? " - " : " · " }

  /// Decides about colour: the option, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
  ///
  /// `noColor`, `forceColor` and `term` are the values of those variables and of `TERM`, as the
  /// caller found them. `NO_COLOR` counts unless it is empty, `CLICOLOR_FORCE` unless it is empty or
  /// `0`; a `dumb` terminal knows no colour.
  package static func usesColor(
    _ choice: ColorChoice, noColor: String?, forceColor: String?, term: String?, isTerminal: Bool
  ) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if let noColor, !noColor.isEmpty { return false }
    if let forceColor, !forceColor.isEmpty, forceColor != "0" { return true }
    return isTerminal && term != "dumb"
  }
}
