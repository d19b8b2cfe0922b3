import CRDTCore

/// The bounds of files that are read and of what an import holds in memory.
enum ExchangeLimits {
  /// Bytes of one cell: what a value may have.
  static let cellBytesMax = Limits.valueBytesMax
  /// Bytes of one row; a quote that is never closed must not swallow a file.
  static let rowBytesMax = 4 << 20
  /// Cells of one row: more than any sheet that people keep.
  static let columnsMax = 1_024

  /// Records of one batch, so of one entry of the log.
  static let batchRecordsMax = 1_000
  /// Writes of one batch; leaves room below ``Limits/transactionWritesMax`` for the row that fills it.
  static let batchWritesMax = Limits.transactionWritesMax - 2 * columnsMax
  /// Bytes of text in one batch; leaves room below ``Limits/transactionBytesMax`` for bookkeeping.
  static let batchBytesMax = Limits.transactionBytesMax / 4
  /// Rows not taken that a report tells one by one; the file of rejects has them all.
  static let rejectionsMax = 10_000
}
