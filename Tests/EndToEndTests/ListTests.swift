import Foundation
import TestSupport
import Testing

/// Lists, quotas, conventions and the checklist, as an administrator goes through them.
@Suite("Lists", .serialized)
struct ListTests {
  @Test("ORG-09: lists are added to, renamed, merged, retired and ordered by commands, and undone")
  func picklists() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    func said(_ words: String..., code: Int32 = 0) throws -> String {
      let result = try nodes.kith("office", words, code: code)
      return result.output + result.errors
    }
    try nodes.kith("office", "new", "account", "Müller", "segment=sme")
    #expect(
      try said("picklist", "add", "payment_method", "barter")
        .contains("payment_method: added barter. Reverse with: undo z"))
    #expect(
      try said("picklist", "merge", "segment", "sme", "small business")
        .contains("segment: sme means small business now; no record was touched"))
    #expect(
      try said("list", "accounts", "cols", "name,segment", "--format", "csv")
        .contains("Müller,small business"))
    _ = try said("picklist", "rename", "segment", "small business", "SMB")
    #expect(try said("count", "accounts", "by", "segment", "--format", "csv").contains("SMB,1"))
    _ = try said("picklist", "retire", "segment", "SMB")
    #expect(
      try said("new", "account", "Acme", "segment=smb", code: 10).contains("no longer to be chosen")
    )
    _ = try said("undo")
    _ = try said("new", "account", "Acme", "segment=smb")
    _ = try said("picklist", "move", "segment", "SMB", "after", "enterprise")
    let values = try said("picklist", "list", "segment", "--format", "csv")
    #expect(values.contains("enterprise,enterprise,\nSMB,small business,\npublic sector"))
    #expect(try said("picklist", "list", "segmnet", code: 3).contains("Did you mean “segment”?"))
    #expect(
      try said("picklist", "move", "segment", "SMB", "under", code: 2).contains("first, last"))
    #expect(try said("duplicates", "picklists", code: 10).contains("cannot be joined"))
  }

  @Test("ORG-15: quotas are set for users, teams, regions and accounts, and listed with their days")
  func quotas() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    func said(_ words: String..., code: Int32 = 0) throws -> String {
      let result = try nodes.kith("office", words, code: code)
      return result.output + result.errors
    }
    _ = try said("setting", "set", "fiscal_year.start", "april")
    _ = try said("new", "team", "North")
    #expect(
      try said("quota", "set", "who=priya", "period=2026-Q2", "amount=250k")
        .contains("Priya Nair is to bring €250,000 in 2026-Q2. Reverse with: undo z"))
    _ = try said("quota", "set", "who=north", "period=2026", "amount=1m")
    let listed = try said("quota", "list", "--format", "tsv")
    #expect(listed.contains("2026-Q2\tuser Priya Nair\t€250,000\t2025-07-01\t2025-09-30"))
    #expect(listed.contains("2026\tteam North\t€1,000,000\t2025-04-01\t2026-03-31"))
    #expect(try !said("quota", "list", "2026", "--format", "tsv").contains("Priya"))
    #expect(
      try said("quota", "set", "who=nobody", "period=2026", "amount=1", code: 3).contains("nobody"))
    #expect(
      try said("quota", "set", "who=priya", "period=soon", "amount=1", code: 2).contains("2026-Q2"))
    #expect(try said("quota", "set", "who=priya", "amount=1", code: 2).contains("period=…"))
  }

  @Test("ORG-16: what has been agreed is written down and shown where help is asked for")
  func policies() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    try nodes.kith(
      "office", "new", "policy", "numbering", "text=Offers are numbered by year.")
    try nodes.kith("office", "edit", "policy", "numbering", "text+=Gaps are fine.")
    let help = try nodes.kith("office", "help", "policy", "numbering").output
    #expect(help == "Offers are numbered by year.\nGaps are fine.\n")
    #expect(try nodes.kith("office", "help", "policy").output.contains("numbering"))
    let missing = try nodes.kith("office", "help", "policy", "pricing", code: 3).errors
    #expect(missing.contains("pricing"))
  }

  @Test(
    "ORG-18: setup lists what is still empty with the command that fills it, until it is filled")
  func setup() throws {
    let nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
    func table() throws -> String {
      try nodes.kith("office", "setup", "--format", "tsv").output
    }
    let before = try table()
    #expect(
      before.contains("company\tlacks company.name, company.address\tsetting set company.name"))
    #expect(before.contains("payment terms\t4\t\n"))
    #expect(before.contains("accounts\tempty\timport accounts accounts.csv --key name"))
    try nodes.kith("office", "setting", "set", "company.name", "Pumps")
    try nodes.kith("office", "setting", "set", "company.address", "Kaistr. 5, Hamburg")
    try nodes.kith("office", "new", "account", "Müller")
    let after = try table()
    #expect(after.contains("company\tset\t\n") && after.contains("accounts\t1\t\n"))
  }

  @Test("ORG-01: a workspace is founded with working defaults, and founding it again is refused")
  func founding() throws {
    let nodes = try TestNodes()
    let words = ["init", "office", "--workspace", "Pumps", "--user", "Priya Nair"]
    try nodes.kith("office", words)
    try nodes.kith("office", "new", "deal", "Pump retrofit", "amount=100")
    let digest = try nodes.digest("office")
    #expect(try nodes.kith("office", words, code: 9).errors.contains("already"))
    #expect(try nodes.digest("office") == digest)
  }
}
