import Foundation
import TestSupport
import Testing

/// Accounts and their people, as a representative looks after them.
@Suite("Accounts", .serialized)
struct AccountTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try nodes.kith(
      "office", "new", "account", "Müller GmbH", "terms=net 30", "plan=Win the retrofit.")
  }

  private func said(_ words: String..., code: Int32 = 0) throws -> String {
    let result = try nodes.kith("office", words, code: code)
    return result.output + result.errors
  }

  @Test("ACC-16: the organisation chart is drawn from who reports to whom, circles told")
  func chart() throws {
    for (name, superior) in [("Ute Lang", nil), ("Anke Dörr", "ute"), ("Sven Kühn", "anke")] {
      let reports = superior.map { ["reports_to=\($0)"] } ?? []
      try nodes.kith(
        "office", ["new", "contact", name, "account=müller", "title=Lead"] + reports)
    }
    let tree = try said("orgchart", "müller").split(separator: "\n")
    #expect(tree.count == 4 && tree[1].hasSuffix(" Ute Lang · Lead"))
    #expect(tree[2].hasPrefix("    c") && tree[3].hasPrefix("      c"))
    try nodes.kith("office", "edit", "ute", "reports_to=sven")
    let circle = try said("orgchart", "müller")
    #expect(
      circle.contains(
        "In a circle: Anke Dörr reports to Ute Lang reports to Sven Kühn reports to Anke Dörr"))
    #expect(circle.contains("Take one out of it: edit c"))
    #expect(try said("orgchart", "müller", "--format", "json").contains("\"cycles\":[["))
  }

  @Test("ACC-21: one page shows an account's fields, figures, people, open work and history")
  func page() throws {
    try nodes.kith("office", "new", "contact", "Anke Dörr", "account=müller", "phone=+49 40 555")
    try nodes.kith("office", "new", "deal", "Pump retrofit", "account=müller", "amount=18400")
    try nodes.kith(
      "office", "new", "deal", "Spare parts", "account=müller", "amount=100", "stage=Won")
    try nodes.kith("office", "new", "task", "Send drawings", "about+=account:Müller GmbH")
    try nodes.kith("office", "new", "task", "Old one", "about+=account:Müller GmbH", "status=done")
    try nodes.kith("office", "new", "call", "Asked for a quote", "account=müller")
    // How wide the labels are depends on what else the account says.
    let page = try said("show", "müller", "--full").split(separator: " ").joined(separator: " ")
    for part in [
      "open deals 1 · €18,400", "won deals 1 · €100", "Anke Dörr · +49 40 555",
      "Pump retrofit · Prospecting · €18,400", "Send drawings", "Asked for a quote",
      "an invoice of today: ",
    ] {
      #expect(page.contains(part), "\(part) is not in\n\(page)")
    }
    #expect(!page.contains("Old one"))
    #expect(try !said("show", "müller").contains("Pump retrofit"))
  }

  @Test("ACC-23: a review sheet says how an account stands, what is planned and what is to settle")
  func review() throws {
    try nodes.kith("office", "new", "contact", "Anke Dörr", "account=müller")
    let sheet = try said("review", "müller")
    for part in [
      "Review of a", "status         prospect", "plan           Win the retrofit.",
      "missing        type, industry, segment, territory, website, billing address",
      "confirmed      never", "people         1 not confirmed for long",
      "quiet          no engagement in 90 days", "When it is done: verify a",
    ] {
      #expect(sheet.contains(part), "\(part) is not in\n\(sheet)")
    }
    let line = "new task \"Review Müller GmbH\" about+=\"account:Müller GmbH\" due=\"in 3 months\""
    #expect(sheet.contains(line))
    try nodes.kith("office", "-c", line)
    try nodes.kith("office", "verify", "müller")
    #expect(try !said("review", "müller").contains("confirmed      never"))
  }

  @Test("ACC-30: data that nobody confirmed for long are listed, until somebody does")
  func verifying() throws {
    func unverified(_ kind: String) throws -> String {
      try said("list", kind, "where", "unverified", "cols", "name", "--format", "csv")
    }
    #expect(try unverified("accounts").contains("Müller"))
    #expect(try said("verify", "müller", "--dry-run").contains("Would confirm 1 record."))
    #expect(try unverified("accounts").contains("Müller"))
    #expect(try said("verify", "müller", "because", "called them").contains("Confirmed a"))
    #expect(try !unverified("accounts").contains("Müller"))
    try nodes.kith("office", "edit", "müller", "verified_at=13 months ago")
    #expect(try unverified("accounts").contains("Müller"))
    try nodes.kith("office", "new", "account", "Acme", "verified_at=11 months ago")
    #expect(try !unverified("accounts").contains("Acme"))
    try nodes.kith("office", "setting", "set", "stale.accounts", "10")
    #expect(try unverified("accounts").contains("Acme"))
    #expect(try said("list", "deals", "where", "unverified", code: 2).contains("says nothing"))
  }

  @Test("CON-16: a contact is confirmed by a command of its own, after a time of its own")
  func contacts() throws {
    try nodes.kith("office", "new", "contact", "Anke Dörr", "verified_at=7 months ago")
    try nodes.kith("office", "new", "contact", "Jonas Weber", "verified_at=5 months ago")
    let listed = try said("list", "contacts", "where", "unverified", "--format", "csv")
    #expect(listed.contains("Anke Dörr") && !listed.contains("Jonas Weber"))
    try nodes.kith("office", "verify", "contact:anke")
    #expect(try said("count", "contacts", "where", "unverified").contains("0"))
    #expect(try said("verify", "net 30", code: 2).contains("an account or a contact"))
  }

  @Test("CON-06: where a person worked before stays on the page when the employer changes")
  func formerAccounts() throws {
    try nodes.kith("office", "new", "account", "Acme")
    try nodes.kith("office", "new", "contact", "Anke Dörr", "account=müller")
    #expect(try !said("show", "anke", "--full").contains("Former accounts"))
    try nodes.kith("office", "edit", "anke", "account=acme")
    let page = try said("show", "anke", "--full")
    #expect(page.contains("Former accounts") && page.contains("Müller GmbH"))
    let document = try said("show", "anke", "--full", "--format", "json")
    #expect(document.contains("\"heading\":\"Former accounts\",\"rows\":[{\"label\":"))
    #expect(try said("show", "anke", "--format", "json").contains("\"page\":[]"))
  }

  @Test("ACC-12: what an account prefers is kept by key, counted over all, and taken back")
  func preferences() throws {
    try nodes.kith("office", "new", "account", "Acme")
    #expect(
      try said("preference", "set", "müller", "packaging", "recycled", "paper")
        .contains("Müller GmbH: packaging is recycled paper. Reverse with: undo z"))
    _ = try said("preference", "set", "acme", "Packaging", "recycled paper")
    _ = try said("preference", "set", "acme", "delivery day", "tuesday")
    #expect(
      try said("preference", "list", "acme", "--format", "csv")
        == "about,wants\ndelivery_day,tuesday\npackaging,recycled paper\n")
    #expect(
      try said("preference", "list", "--format", "csv").contains("packaging,recycled paper,2"))
    #expect(try said("show", "müller", "--full").contains("packaging      recycled paper"))
    _ = try said("preference", "unset", "acme", "delivery_day")
    #expect(try !said("preference", "list", "acme").contains("tuesday"))
    #expect(try said("preference", "unset", "acme", "delivery_day").contains("nothing was changed"))
  }

  @Test("CON-17: contacts go out as vCards and come in from them, after a dry run, and undone")
  func cards() throws {
    try nodes.kith(
      "office", "new", "contact", "Anke Dörr", "account=müller", "email=anke@mueller.example")
    let path = nodes.folder.path("people.vcf")
    #expect(try said("export", "contacts", path).contains("1 contact written"))
    let card = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      card.contains("N:Dörr;Anke;;;\r\nORG:Müller GmbH\r\nEMAIL;TYPE=PREF:anke@mueller.example"))
    let again = ["import", "contacts", path, "--key", "primary_email"]
    #expect(try nodes.kith("office", again).output.contains("0 contacts created, 1 changed"))
    #expect(try nodes.kith("office", again).output.contains("0 changed, 1 unchanged"))
    try Data((card + card.replacing("anke@", with: "ute@").replacing("Anke", with: "Ute")).utf8)
      .write(
        to: URL(fileURLWithPath: path))
    #expect(
      try nodes.kith("office", again + ["--dry-run"]).output.contains("1 contact would be created"))
    try nodes.kith("office", again)
    #expect(try nodes.count("office", "contacts") == 2)
    try nodes.kith("office", "undo")
    #expect(try nodes.count("office", "contacts") == 1)
  }
}
