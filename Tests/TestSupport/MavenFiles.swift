package import Foundation

/// The real data set beside the repository; tests that need it are skipped where it is absent.
package enum MavenFiles {
  package static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/data/maven-crm").standardized

  package static let isPresent = FileManager.default.fileExists(
    atPath: folder.appendingPathComponent(deals).path)

  package static let absence = "The data set maven-crm is not beside the repository."

  package static let accounts = "accounts.csv"
  package static let products = "products.csv"
  package static let people = "sales_teams.csv"
  package static let deals = "sales_pipeline.csv"

  /// How the columns of ``deals`` are called in the catalogue: `field=column,…`.
  package static let dealColumns = """
    number=opportunity_id,owner=sales_agent,products=product,account=account,stage=deal_stage,\
    engaged_on=engage_date,close_date=close_date,amount=close_value
    """

  /// What ``deals`` calls a product that the price list writes otherwise: `field:from=to`.
  package static let dealValues = "products:GTXPro=GTX Pro"

  /// The header of a file, and its rows by the header's names; no value of theirs is quoted.
  package static func rows(of file: String) throws -> (header: String, rows: [Row]) {
    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
    let columns = (lines.first ?? "").split(separator: ",").map(String.init)
    return (
      String(lines.first ?? ""),
      lines.dropFirst().map { line in
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return Row(
          line: String(line), cells: Dictionary(uniqueKeysWithValues: zip(columns, cells)))
      }
    )
  }

  /// One row, as it stands and by its columns.
  package struct Row: Hashable, Sendable {
    package let line: String
    private let cells: [String: String]

    init(line: String, cells: [String: String]) {
      self.line = line
      self.cells = cells
    }

    /// The value in a column; empty where there is none.
    package subscript(column: String) -> String { cells[column] ?? "" }
  }
}
