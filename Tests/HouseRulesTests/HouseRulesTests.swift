import Foundation
import Testing

/// The rules of the house, held against every file of the repository.
@Suite("House rules")
struct HouseRulesTests {
  private let repository = Repository.current

  @Test("the rules read the repository they lie in")
  func repositoryIsRead() {
    #expect(repository.sources.count > 20)
    #expect(repository.sources.contains { $0.path == "Sources/CRDTCore/Limits.swift" })
    #expect(repository.scripts.contains { $0.path == "Package.swift" })
  }

  @Test("targets import what lies below them, and nothing else")
  func imports() { expectNone(repository.sources.flatMap(ImportRule.violations)) }

  @Test("below the runtime nothing reads a clock, draws a number or asks the environment")
  func hiddenInputs() { expectNone(repository.sources.flatMap(HiddenInputRule.violations)) }

  @Test("files and functions fit on their screens")
  func sizes() { expectNone(repository.swift.flatMap(SizeRule.violations)) }

  @Test("no type bears a module's name, or one that says nothing")
  func names() { expectNone(repository.swift.flatMap(NamingRule.violations)) }

  @Test("nothing is left for later, and no path is of one machine")
  func texts() {
    let files = repository.swift + repository.documents + repository.scripts
    expectNone(files.flatMap(WordingRule.violations(inText:)))
  }

  @Test("code neither hides failures nor makes promises without a proof")
  func code() { expectNone(repository.swift.flatMap(WordingRule.violations(inCode:))) }

  @Test("the documents that a reader may count on are there", arguments: DocumentRule.required)
  func documents(path: String) {
    let exists = repository.exists(path)
    #expect(exists)
  }

  @Test("a decision record gives its context, decision, alternatives and consequences")
  func decisions() {
    let records = repository.documents.filter { $0.path.hasPrefix("docs/decisions/") }
    #expect(!records.isEmpty)
    expectNone(records.flatMap(DocumentRule.violations(inDecision:)))
    let numbers = records.compactMap { $0.path.split(separator: "/").last?.prefix(4) }
    #expect(Set(numbers).count == records.count, "two records bear one number")
  }

  @Test("every link between documents leads to a file and a heading")
  func links() {
    let texts = Dictionary(
      uniqueKeysWithValues: repository.documents.map { ($0.path, $0.text) })
    expectNone(
      repository.documents.flatMap { document in
        DocumentRule.violations(inLinksOf: document) { path in
          texts[path] ?? (repository.exists(path) ? "" : nil)
        }
      })
  }

  @Test("every dependency is pinned to one version")
  func manifest() {
    expectNone(
      repository.scripts.filter { $0.path == "Package.swift" }.flatMap(ManifestRule.violations))
  }

  /// Every target's folder is in the table, so that a new target cannot slip past it.
  @Test("the table of layers lists the targets there are")
  func tableOfLayers() {
    let targets = Set(repository.sources.map(\.target))
    #expect(targets == Set(ImportRule.table.keys))
  }

  private func expectNone(_ violations: [Violation], at location: SourceLocation = #_sourceLocation)
  {
    for violation in violations { Issue.record("\(violation)", sourceLocation: location) }
  }
}
