import CRMDomain

/// A table reads the same however its bytes arrive, and its rows survive being written.
///
/// The first byte is the length of the chunks; the rest is the file.
enum TableLaws {
  static func violation(of bytes: [UInt8]) -> String? {
    guard let size = bytes.first else { return nil }
    let file = bytes.dropFirst()
    let whole = Reading(FuzzInput.chunks(of: file, size: 0))
    guard whole == Reading(FuzzInput.chunks(of: file, size: Int(size))) else {
      return "A table reads otherwise in chunks of \(size) bytes."
    }
    guard whole.error == nil else { return nil }
    let writer = CSVWriter(delimiter: whole.delimiter)
    let header = whole.header.indices.map { "column \($0)" }
    let written = Reading([([header] + whole.rows.map(\.cells)).flatMap { writer.line($0) }])
    // A header of one column does not show which separator the rows have.
    guard written.delimiter == whole.delimiter else { return nil }
    return written.error == nil && written.rows.map(\.cells) == whole.rows.map(\.cells)
      ? nil : "The rows of a table change when they are written."
  }

  /// All that a reader said of a file.
  private struct Reading: Equatable {
    var delimiter: UInt8 = 0
    var header: [String] = []
    var rows: [CSVRow] = []
    var error: CSVError?

    init(_ chunks: [[UInt8]]) {
      var rest = chunks[...]
      do {
        var reader = try CSVReader { rest.popFirst() ?? [] }
        delimiter = reader.delimiter
        header = reader.header
        while let row = try reader.next() { rows.append(row) }
      } catch let error as CSVError {
        self.error = error
      } catch {
        preconditionFailure("The reader threw \(error), which is none of its errors.")
      }
    }
  }
}
