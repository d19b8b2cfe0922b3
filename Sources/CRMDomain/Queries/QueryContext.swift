package import CRDTCore

/// What a query needs besides its words.
package struct QueryContext {
  /// The kinds and fields.
  package let catalog: EntityCatalog
  /// Reads the texts that `readText` leaves alone; knows the currency and the time zone.
  package let reader: ValueReader
  /// Reads what people type more freely than files; `nil` means that it cannot tell.
  package let readText: ((String, Field) throws -> Value?)?

  package init(
    _ catalog: EntityCatalog, reader: ValueReader,
    readText: ((String, Field) throws -> Value?)? = nil
  ) {
    self.catalog = catalog
    self.reader = reader
    self.readText = readText
  }
}
