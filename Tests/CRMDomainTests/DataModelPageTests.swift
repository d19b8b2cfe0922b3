import CRMDomain
import Foundation
import Testing

@Suite("DataModelPage")
struct DataModelPageTests {
  private let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../docs/data-model.md").standardized

  @Test("the page in docs says what the catalogue says; RECORD=1 writes it anew")
  func upToDate() throws {
    let page = try String(contentsOf: path, encoding: .utf8)
    let begin = try #require(page.range(of: "<!-- catalogue -->\n"))
    let end = try #require(page.range(of: "<!-- end of catalogue -->"))
    let tables = """

      ## Fields of every business record

      \(DataModelPage.commonFields)
      ## Entities

      \(DataModelPage.markdown(of: .standard))
      """
    let present = page[begin.upperBound..<end.lowerBound]
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try page.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: tables)
        .write(to: path, atomically: true, encoding: .utf8)
    } else {
      #expect(present == tables, "Run RECORD=1 swift test --filter DataModelPage.")
    }
  }
}
