import CRDTCore
import CRMDomain
import ReplicaStore

/// Which fields a form asks for, and what stands there unless somebody says otherwise.
struct FormQuestions {
  /// What Enter keeps.
  struct Default: Hashable {
    /// As it would be typed.
    let text: String
    /// As a person reads it.
    let shown: String
  }

  let view: RecordView
  let entity: Entity

  /// The fields, those that a record must have first, then those that a list shows.
  ///
  /// Not asked for: whatever `spoken` names, the owner, who is oneself, and where a record stands, which
  /// begins where its machine does.
  func fields(without spoken: Set<String>) -> [Field] {
    let required = entity.fields.filter(\.isRequired).map(\.name)
    var seen = spoken
    return (entity.nameFields.prefix(1) + required + entity.columns).compactMap { name in
      guard seen.insert(name).inserted, let field = entity.field(named: name),
        Self.isAsked(field)
      else { return nil }
      return field
    }
  }

  private static func isAsked(_ field: Field) -> Bool {
    guard field.isRequired || !field.isSet, !field.isRetired, field.mark != .counted,
      field.name != "owner"
    else { return false }
    switch field.format {
    case .status, .position, .bytes, .anyReference: return false
    case .reference(let kind): return kind != "stage" && kind != "process"
    case .bool, .integer, .decimal, .percent, .text, .longText, .date, .instant, .money, .choice,
      .listed, .structure:
      return true
    }
  }

  /// What the record last shown or changed says of a field, or is; else what the last of this kind says.
  ///
  /// Only what records share is taken over: other records, choices and lists.
  func initial(of field: Field) throws -> Default? {
    if field.name == NewRecord.moment.field, field.format == .instant {
      return Default(text: NewRecord.moment.text, shown: NewRecord.moment.text)
    }
    switch field.format {
    case .reference, .listed, .choice: break
    case .bool, .integer, .decimal, .percent, .text, .longText, .position, .bytes, .date, .instant,
      .money, .status, .anyReference, .structure:
      return nil
    }
    if let last = view.context.state.last {
      if last.kind == field.target { return try value(.reference(last.id), of: field) }
      if let other = view.catalog[last.kind]?.field(named: field.name), other.format == field.format
      {
        return try said(by: last, of: field)
      }
    }
    return try view.lookup.newest(of: entity).flatMap {
      try said(by: RecordKey(kind: entity.name, id: $0), of: field)
    }
  }

  private func said(by key: RecordKey, of field: Field) throws -> Default? {
    guard let state = try view.snapshot.record(key.kind, key.id), !state.isDeleted else {
      return nil
    }
    return try value(state[field.name], of: field)
  }

  private func value(_ value: Value, of field: Field) throws -> Default? {
    let reading = try view.fields.reading(value, of: field)
    guard reading != .empty else { return nil }
    let shown = view.text(reading, of: field)
    guard case .reference(let id) = value, case .reference(let kind) = field.format,
      let target = view.catalog[kind]
    else { return Default(text: shown, shown: shown) }
    return Default(text: try view.shortID(id, of: target), shown: shown)
  }
}
