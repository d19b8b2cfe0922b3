package import CRDTCore

extension StructureFormat {
  /// Reads a text of `part=value; part=value`, or plain text as ``StructureFormat`` says.
  ///
  /// - Returns: A structure of the parts that are not empty, by name; `nil` if a part is unknown.
  package func value(of text: String) -> Value? {
    let pieces = text.split(separator: ";").map { String($0).trimmed }.filter { !$0.isEmpty }
    let pairs = pieces.map { $0.split(separator: "=", maxSplits: 1).map { String($0).trimmed } }
    guard !pairs.isEmpty else { return nil }
    guard pairs.allSatisfy({ $0.count == 2 }) else {
      return plainParts(of: text).map { value(of: $0) }
    }
    var parts: [String: String] = [:]
    for pair in pairs {
      guard let name = part(named: pair[0]) else { return nil }
      parts[name] = pair[1]
    }
    if self == .timeSpan { return TimeSpan(texts: parts)?.value }
    return value(of: parts)
  }

  /// The part that a word names.
  package func part(named word: String) -> String? {
    let name = FieldName.normalized(word)
    return parts.contains(name) ? name : nil
  }

  /// A structure of texts; the empty ones are left out, and `null` stands for none at all.
  func value(of texts: [String: String]) -> Value {
    let filled = texts.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
    guard !filled.isEmpty else { return .null }
    return .structure(
      filled.map { StructurePart(name: $0.key, value: .text(NameFolding.normalized($0.value))) })
  }

  /// The text of each part of a structure.
  static func texts(of value: Value) -> [String: String] {
    guard case .structure(let parts) = value else { return [:] }
    var texts: [String: String] = [:]
    for part in parts {
      if case .text(let text) = part.value { texts[part.name] = text }
    }
    return texts
  }

  /// The structure on one line, as people write it.
  package func text(of value: Value) -> String {
    let texts = Self.texts(of: value)
    switch self {
    case .personName:
      return parts.compactMap { texts[$0] }.joined(separator: " ")
    case .address:
      let town = ["postal_code", "city"].compactMap { texts[$0] }.joined(separator: " ")
      return [texts["street"], town.isEmpty ? nil : town, texts["state"], texts["country"]]
        .compactMap(\.self).joined(separator: ", ")
    case .contactPoint:
      return [texts["kind"], texts["value"]].compactMap(\.self).joined(separator: ": ")
    case .timeSpan:
      return TimeSpan(value)?.description ?? exactText(of: value)
    }
  }

  /// A text that ``value(of:)-(String)`` reads back as it was.
  package func exactText(of value: Value) -> String {
    let texts = Self.texts(of: value)
    return parts.compactMap { part in texts[part].map { "\(part)=\($0)" } }.joined(separator: "; ")
  }

  var example: String {
    switch self {
    case .address: "street=Kaistr. 5; postal_code=20457; city=Hamburg"
    case .personName: "Anke Dörr"
    case .contactPoint: "mobile: +49 40 555 1200"
    case .timeSpan: "2026-03-13T14:00/2026-03-13T15:00 Europe/Berlin"
    }
  }

  /// What plain text says; `nil` if it says nothing of the kind.
  private func plainParts(of text: String) -> [String: String]? {
    switch self {
    case .address: return ["street": text]
    case .timeSpan: return TimeSpan(text: text)?.texts
    case .contactPoint:
      let parts = text.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
      let isKind = parts.count == 2 && parts[0].allSatisfy(\.isLetter)
      return isKind ? ["kind": parts[0].lowercased(), "value": parts[1]] : ["value": text]
    case .personName:
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      return ["given": words.dropLast().joined(separator: " "), "family": words.last ?? ""]
    }
  }
}
