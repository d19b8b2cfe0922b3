package import CRDTCore

/// Records whose ids follow from a key, so that two nodes which import one file offline make the same
/// ones.
package enum DerivedRecord {
  /// The id of the record that an import makes for the value of its key field.
  ///
  /// The value is a trimmed text; its case matters, as it does in ids of other systems.
  package static func id(kind: String, field: String, key: String) -> RecordID {
    RecordID(derivedFrom: kind, [Array(field.utf8), Array(NameFolding.normalized(key).utf8)])
  }
}
