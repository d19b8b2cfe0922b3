import CRDTCore
import Foundation

/// One card of a file of vCards.
///
/// Source: RFC 2426 (version 3.0) and RFC 6350 (4.0).
struct VCard {
  /// One line of it, unfolded.
  struct Property {
    /// In capitals, without the group before it: `TEL`.
    let name: String
    /// What is said of the value, in small letters: `type` is `work`, `pref`.
    let parameters: [String: [String]]
    /// As written, with its escapes.
    let text: String

    /// The value's components, between semicolons, unescaped.
    var components: [String] { VCard.split(text, at: ";").map(VCard.unescaped) }

    /// The value as one text.
    var value: String { VCard.unescaped(text) }

    /// Whether it is the one to use.
    var isPreferred: Bool {
      parameters["type"]?.contains("pref") == true || parameters["pref"]?.first == "1"
    }
  }

  /// The line of the file in which it begins.
  let line: Int
  let properties: [Property]

  func all(_ name: String) -> [Property] { properties.filter { $0.name == name } }

  func first(_ name: String) -> Property? { properties.first { $0.name == name } }

  /// Of several the one to use.
  func preferred(_ name: String) -> Property? {
    properties.first { $0.name == name && $0.isPreferred } ?? first(name)
  }

  /// The parts of a text between separators that are not escaped.
  static func split(_ text: String, at separator: Character) -> [String] {
    var parts = [""]
    var isEscaped = false
    for character in text {
      if character == separator, !isEscaped {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    return parts
  }

  static func unescaped(_ text: String) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        result.append(character == "n" || character == "N" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result.trimmed
  }

  static func escaped(_ text: String) -> String {
    text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
      .replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing(",", with: "\\,")
      .replacing(";", with: "\\;")
  }
}

/// Reads the cards of a file.
struct VCardReader {
  struct Line {
    let number: Int
    var text: String
  }

  let cards: [VCard]

  /// - Throws: ``VCardError``.
  init(_ bytes: [UInt8]) throws(VCardError) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    var cards: [VCard] = []
    var begin: Int?
    var properties: [VCard.Property] = []
    for line in Self.unfolded(text) {
      guard let property = Self.property(of: line.text) else {
        throw .wrongLine(line: line.number)
      }
      switch (property.name, property.value.uppercased(), begin) {
      case ("BEGIN", "VCARD", nil):
        begin = line.number
        properties = []
      case ("END", "VCARD", let start?):
        cards.append(VCard(line: start, properties: properties))
        begin = nil
      case ("BEGIN", _, _), ("END", _, _), (_, _, nil): throw .wrongLine(line: line.number)
      case (_, _, _):
        guard property.parameters["encoding"]?.contains("quoted-printable") != true else {
          throw .oldVersion(line: line.number)
        }
        properties.append(property)
      }
    }
    if let begin { throw .unfinished(line: begin) }
    guard !cards.isEmpty else { throw .empty }
    self.cards = cards
  }

  /// The lines that are not empty, each joined with those behind it that begin with white space.
  static func unfolded(_ text: String) -> [Line] {
    var lines: [Line] = []
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, part) in parts.enumerated() {
      if index > 0, part.first == " " || part.first == "\t", !lines.isEmpty {
        lines[lines.count - 1].text += part.dropFirst()
      } else if !part.allSatisfy(\.isWhitespace) {
        lines.append(Line(number: index + 1, text: part.trimmingPrefix("\u{FEFF}").description))
      }
    }
    return lines
  }

  /// `item1.TEL;TYPE="work,voice":+49 40 555`.
  static func property(of line: String) -> VCard.Property? {
    var isQuoted = false
    var head = [""]
    var rest: Substring?
    for index in line.indices {
      switch line[index] {
      case "\"": isQuoted.toggle()
      case ":" where !isQuoted: rest = line[line.index(after: index)...]
      case ";" where !isQuoted: head.append("")
      case let character: head[head.count - 1].append(character)
      }
      if rest != nil { break }
    }
    guard let rest, let name = head[0].split(separator: ".").last else { return nil }
    var parameters: [String: [String]] = [:]
    for word in head.dropFirst() {
      let pair = word.lowercased().split(separator: "=", maxSplits: 1).map(String.init)
      // Old cards name a type without saying that it is one.
      let (key, values) = pair.count == 2 ? (pair[0], pair[1]) : ("type", word.lowercased())
      parameters[key, default: []] += values.split(separator: ",").map(String.init)
    }
    return VCard.Property(
      name: name.uppercased(), parameters: parameters, text: String(rest))
  }
}

/// A file that holds no vCards; nothing was stored.
package enum VCardError: Error, Hashable, Sendable {
  case empty
  case notUTF8
  case wrongLine(line: Int)
  case unfinished(line: Int)
  case oldVersion(line: Int)
  case tooLong
}

extension VCardError: UserFacingError {
  package var summary: String {
    switch self {
    case .empty: "The file holds no vCard."
    case .notUTF8: "The file is not UTF-8 text."
    case .wrongLine(let line): "Line \(line) of the file is no line of a vCard."
    case .unfinished(let line): "The vCard that begins in line \(line) never ends."
    case .oldVersion(let line): "Line \(line) is written as vCard 2.1 encodes texts."
    case .tooLong: "The file is longer than \(VCardTable.bytesMax >> 20) MiB."
    }
  }

  package var hint: String? {
    switch self {
    case .empty, .wrongLine, .unfinished: "A card is between BEGIN:VCARD and END:VCARD."
    case .notUTF8, .oldVersion: "Export it as vCard 3.0 or 4.0 in UTF-8 and import that."
    case .tooLong: "Import it in parts."
    }
  }
}
