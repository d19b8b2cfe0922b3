import Foundation
import TestSupport
import Testing

/// Fields that an administrator adds, as people use them in every command that knows the built-in ones.
@Suite("Own fields", .serialized)
struct OwnFieldTests {
  private let nodes: TestNodes

  init() throws {
    nodes = try TestNodes()
    try nodes.kith("office", "init", "office", "--workspace", "Pumps", "--user", "Priya Nair")
  }

  private func said(
    _ node: String = "office", _ words: String..., code: Int32 = 0
  ) throws -> String {
    let result = try nodes.kith(node, words, code: code)
    return result.output + result.errors
  }

  private func addRisk() throws {
    try nodes.kith(
      "office", "field", "add", "deal", "renewal_risk", "type=one of low, medium, high",
      "help=How likely they are to leave.")
  }

  @Test(
    "CUS-01, CUS-05: an own field is set, shown, filtered, sorted, counted, exported and undone")
  func used() throws {
    try addRisk()
    try nodes.kith("office", "new", "deal", "Pump", "renewal_risk=high")
    try nodes.kith("office", "new", "deal", "Valve", "Renewal-Risk=low")
    try nodes.kith("office", "new", "deal", "Seal")
    #expect(try said("office", "show", "Pump").contains("renewal risk"))
    #expect(try nodes.count("office", "deals", "where", "renewal_risk = high") == 1)
    #expect(try nodes.count("office", "deals", "where", "renewal_risk is empty") == 1)
    // In the order of the list, not of the alphabet.
    let listed = try said(
      "office", "list", "deals", "cols", "name,renewal_risk", "sort", "renewal_risk",
      "--format", "csv")
    let rows = listed.split(separator: "\n").map { $0.drop { $0 != "," }.dropFirst() }
    #expect(rows == ["name,own_renewal_risk", "Valve,low", "Pump,high", "Seal,"])
    let counted = try said("office", "count", "deals", "by", "renewal_risk", "--format", "csv")
    #expect(counted.contains("high,1") && counted.contains("low,1"))
    #expect(try said("office", "help", "fields", "deal").contains("How likely they are to leave."))
    #expect(
      try said("office", "edit", "Seal", "renewal_risk=hgh", code: 10).contains(
        "Did you mean “high”?"))
    try nodes.kith(
      "office", "edit", "(deals where renewal_risk is empty)", "renewal_risk=medium", "--yes")
    #expect(try said("office", "history", "Seal").contains("medium"))
    #expect(
      try said("office", "completion", "offers", "edit Seal renewal_risk=")
        .contains("renewal_risk=medium"))
    #expect(try said("office", "completion", "offers", "edit Seal rene").contains("renewal_risk="))
    try nodes.kith("office", "undo", "--yes")
    #expect(try nodes.count("office", "deals", "where", "renewal_risk is empty") == 1)
    #expect(
      try said("office", "export", "deals", "-", "--format", "csv").contains("own_renewal_risk"))
    try nodes.kith("office", "store", "check")
  }

  @Test(
    "CUS-02, CUS-04: fields of every type on products and other kinds, imported and reported on")
  func types() throws {
    for (kind, name, type) in [
      ("product", "shelf_life", "whole number"), ("product", "density", "decimal"),
      ("product", "hazard", "several of fire, acid"), ("account", "founding_day", "date"),
      ("account", "budget_cap", "money"), ("account", "last_visit", "moment"),
      ("account", "listed_firm", "yes or no"), ("contact", "mentor", "reference to contact"),
      ("account", "background", "long text"), ("account", "share", "percent"),
      ("account", "motto", "text"),
    ] {
      try nodes.kith("office", "field", "add", kind, name, "type=\(type)")
    }
    let file = try nodes.folder.write(
      """
      name,Budget,listed_firm,founding_day,motto,share
      Acme,1200.50 EUR,yes,1999-12-31,"Pumps, always",12.5
      Bolt,9 USD,no,2001-02-03,,

      """, to: "accounts.csv")
    let report = try nodes.importFile(
      file, as: "accounts", on: "office", "--map", "name=name,budget_cap=Budget")
    #expect(report.created == 2 && report.rejected == 0)
    #expect(
      try nodes.count("office", "accounts", "where", "budget_cap > 1000 and listed_firm = yes") == 1
    )
    #expect(try nodes.count("office", "accounts", "where", "founding_day < 2000-01-01") == 1)
    try nodes.kith("office", "new", "product", "Acid", "code=A1", "shelf_life=90", "density=1.84")
    try nodes.kith("office", "edit", "Acid", "hazard+=(acid, fire)")
    #expect(
      try nodes.count("office", "products", "where", "hazard has fire and density > 1.8") == 1)
    #expect(try said("office", "edit", "Acid", "shelf_life=soon", code: 2).contains("soon"))
    try nodes.kith("office", "new", "contact", "Anke Dörr")
    try nodes.kith("office", "new", "contact", "Jonas Weber", "mentor=Anke")
    #expect(try nodes.count("office", "contacts", "where", "mentor.name ~ anke") == 1)
    let sums = try said(
      "office", "count", "accounts", "by", "listed_firm", "sum", "budget_cap", "--format", "csv")
    #expect(sums.contains("yes,1,1200.50 EUR") && sums.contains("no,1,9.00 USD"))
    try nodes.kith("office", "store", "check")
  }

  @Test("a required field is asked for where people type, and a retired one is no longer filled in")
  func requiredAndRetired() throws {
    try nodes.kith(
      "office", "field", "add", "account", "sector_code", "type=text", "required=yes",
      "label=Sector (NACE)")
    #expect(
      try said("office", "new", "account", "Acme", code: 10).contains("lacks own_sector_code"))
    try nodes.kith("office", "new", "account", "Acme", "sector_code=28.13")
    #expect(try said("office", "show", "Acme").contains("Sector (NACE)"))
    #expect(
      try said("office", "edit", "Acme", "sector_code=", code: 10).contains("lacks own_sector_code")
    )
    // A file says how things are.
    let file = try nodes.folder.write("name\nBolt\n", to: "accounts.csv")
    #expect(try nodes.importFile(file, as: "accounts", on: "office").created == 1)

    #expect(
      try said("office", "field", "retire", "account", "sector_code")
        .contains("what records say in it stays"))
    try nodes.kith("office", "new", "account", "Coil")
    #expect(
      try said("office", "edit", "Coil", "sector_code=9", code: 10).contains("was retired"))
    #expect(try said("office", "show", "Acme").contains("28.13"))
    #expect(try said("office", "field", "list").contains("retired"))
    try nodes.kith("office", "field", "revive", "account", "sector_code")
    #expect(try said("office", "field", "list", "account").contains("required"))
    try nodes.kith("office", "field", "set", "account", "sector_code", "label=NACE", "required=no")
    #expect(try said("office", "field", "show", "account", "nace").contains("own_sector_code"))
  }

  @Test("what cannot be a field is refused with what to type")
  func refused() throws {
    try addRisk()
    for (words, code, text) in [
      (["deal", "amount", "type=money"], 10, "has a field amount already"),
      (["deal", "close", "type=date"], 10, "target_close, which is also called close"),
      (["deal", "renewal_risk", "type=text"], 10, "has a field renewal_risk already"),
      (["deal", "mood", "type=emotion"], 2, "is no type of field"),
      (["deal", "mood", "type=one of"], 2, "is no type of field"),
      (["deal", "mood", "type=reference to spaceship"], 2, "no records of the kind “spaceship”"),
      (["deal", "9lives", "type=text"], 2, "cannot be called"),
      (["member", "mood", "type=text"], 10, "takes no own fields"),
      (["spaceship", "mood", "type=text"], 2, "spaceship"),
    ] as [([String], Int32, String)] {
      let result = try nodes.kith("office", ["field", "add"] + words, code: code)
      #expect(result.errors.contains(text), "\(words)")
    }
    #expect(
      try said("office", "field", "set", "deal", "renewl_risk", "required=yes", code: 3)
        .contains("Did you mean “renewal_risk”?"))
  }

  @Test(
    "CUS-09: a field and its values reach another node and merge there; two types are a conflict")
  func synced() throws {
    try nodes.kith("office", "new", "deal", "Pump")
    let office = try nodes.serve("office")
    let address = try office.listeningAddress()
    try nodes.join("rep", user: "Lena", invitedBy: "office", at: address)
    try nodes.join("hq", user: "Jo", role: "administrator", invitedBy: "office", at: address)
    #expect(
      try said("rep", "field", "add", "deal", "mood", "type=text", code: 10)
        .contains("Only an administrator"))
    // Two administrators add one field apart, of different types.
    try nodes.kith("office", "field", "add", "deal", "size", "type=text")
    try nodes.kith("office", "edit", "Pump", "size=big")
    try nodes.kith("hq", "field", "add", "deal", "size", "type=whole number")
    try nodes.kith("hq", "edit", "Pump", "size=7")
    try nodes.sync("hq")
    try nodes.sync("rep")
    let field = try said("rep", "field", "list", "--format", "csv")
    #expect(field.contains("deal,size,text"))
    let conflicts = try said("rep", "conflict", "list", "--format", "json")
    #expect(conflicts.contains("own_size") && conflicts.contains("\"type\""))
    try nodes.kith("rep", "edit", "Pump", "size=middling")
    try nodes.sync("rep")
    try nodes.sync("hq")
    for node in ["office", "hq", "rep"] {
      #expect(try nodes.count(node, "deals", "where", "size = middling") == 1)
      #expect(try nodes.digest(node) == nodes.digest("office"))
      try nodes.kith(node, "store", "check")
    }
    try nodes.stop(office)
  }

  @Test("one prompt knows a field as soon as it is added, here or by another process")
  func sameSession() throws {
    let script = try nodes.folder.write(
      """
      field add deal mood type="one of good, bad"
      new deal Pump mood=good
      count deals where mood = good
      undo
      undo
      new deal Valve mood=good

      """, to: "session.kith")
    let result = try nodes.kith("office", "--yes", "-f", script, code: 2)
    #expect(result.output.contains("\n1\n"))
    #expect(result.errors.contains("unknown field \"mood\" for deals"))
    // Added again, it has what it had.
    try nodes.kith("office", "field", "add", "deal", "mood", "type=one of good, bad")
    #expect(try said("office", "field", "list").contains("good, bad"))
  }
}
