import Foundation
import TestSupport
import Testing

/// What `kith-inspect` says of files in any state, and that it leaves them as they are.
@Suite("Inspected files", .serialized)
struct InspectTests {
  private let program = KithProcess.program.deletingLastPathComponent()
    .appendingPathComponent("kith-inspect")

  /// Inspects a file, and checks that nothing in its folder was made, nor changed unless a node that
  /// runs may have done so itself.
  private func inspect(
    _ path: String, _ words: String..., code: Int32 = 0, isLive: Bool = false
  ) throws -> String {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let before = try Self.contents(of: folder)
    let result = try KithProcess.run([path] + words, program: program)
    #expect(result.code == code, "\(words): \(result.output)\(result.errors)")
    let after = try Self.contents(of: folder)
    #expect(after.keys.sorted() == before.keys.sorted(), "\(words) made files")
    if !isLive { #expect(after == before, "\(words) wrote") }
    return result.output + result.errors
  }

  /// Every file of a folder with its bytes; shared memory is no file's content.
  private static func contents(of folder: String) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      var isFolder: ObjCBool = false
      let path = folder + "/" + name
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      contents[name] =
        name.hasSuffix("-shm") ? Data() : try Data(contentsOf: URL(fileURLWithPath: path))
    }
    return contents
  }

  /// A settled copy of the deal's store in a folder of its own, with nothing beside it.
  private func copy(_ deal: DisputedDeal, _ node: String, as name: String) throws -> String {
    let folder = deal.nodes.folder.path("copies-\(name)")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/\(name).sqlite"
    try FileManager.default.copyItem(atPath: deal.nodes.store(node), toPath: path)
    return path
  }

  private func change(_ path: String, _ body: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    body(&data)
    try data.write(to: URL(fileURLWithPath: path))
  }

  @Test("a copy is looked into with every view, and nothing is changed")
  func views() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let id = try deal.id("rep", "field = amount")
    let path = try copy(deal, "rep", as: "rep")
    #expect(try inspect(path, "check").contains("0 faults"))
    #expect(try inspect(path).contains("0 faults"))
    #expect(try inspect(path, "conflict", "list", "--format", "ids").contains(id))
    #expect(try inspect(path, "conflict", "show", id).contains("€18,000 is showing because Tom"))
    #expect(try inspect(path, "graph", id).contains("├─╮"))
    #expect(try inspect(path, "graph", "pump.amount").contains("both started here"))
    #expect(try inspect(path, "graph", "Müller").contains("Priya Nair"))
    #expect(try inspect(path, "explain", "pump.amount").contains("Tom Brandt wrote it later"))
    let log = try inspect(path, "log")
    #expect(log.contains("edit Pump amount=17900") && log.contains("\"said so on site\""))
    #expect(
      try inspect(path, "log", "limit", "1", "--format", "csv").split(separator: "\n").count == 2)
    #expect(try inspect(path, "entries").contains("\tyes"))
    #expect(try inspect(path, "conflict", "policy", "deal.amount").contains("\thold\t"))
    for refused in [
      ["edit", "Pump", "amount=1"], ["conflict", "take", id, "A"], ["store", "rebuild"],
      ["conflict", "policy", "set", "deal.amount", "max"],
    ] {
      let said = try KithProcess.run([path] + refused, program: program)
      #expect(said.code == 10 && said.errors.contains("is only looked into"), "\(said)")
    }
    try deal.nodes.stop(deal.server)
  }

  @Test("the private copy of a program that was killed goes with the next one's")
  func leftovers() throws {
    let deal = try DisputedDeal()
    try deal.nodes.stop(deal.server)
    let path = deal.nodes.store("office")
    let folder = deal.nodes.folder.path("tmp")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    func copies() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: folder).count
    }
    let environment = ["TMPDIR": folder]
    let killed = try KithProcess(
      [path, "watch", "count", "deals"], environment: environment, program: program)
    _ = try killed.line(containing: "1")
    #expect(try copies() == 1)
    // A copy in use is left alone.
    let beside = try KithProcess.run(
      [path, "count", "deals"], environment: environment, program: program)
    #expect(beside.output == "1\n")
    #expect(try copies() == 1)
    killed.send(.kill)
    #expect(try killed.result().code == 137)
    _ = try KithProcess.run([path, "count", "deals"], environment: environment, program: program)
    #expect(try copies() == 0)
  }

  @Test("a store that a daemon holds open is looked into as it is at that moment")
  func live() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let path = deal.nodes.store("office")
    try deal.nodes.kith("office", "new", "deal", "Valve")
    #expect(try inspect(path, "check", isLive: true).contains("0 faults"))
    #expect(try inspect(path, "list", "deals", isLive: true).contains("Valve"))
    try deal.nodes.kith("office", "edit", "Valve", "amount=5")
    #expect(try inspect(path, "explain", "valve.amount", isLive: true).contains("€5 "))
    try deal.nodes.stop(deal.server)
  }

  @Test("damage is named: a flipped page, a file cut short, a newer format, no store at all")
  func damage() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    try deal.nodes.stop(deal.server)
    let size = try Data(contentsOf: URL(fileURLWithPath: deal.nodes.store("rep"))).count
    // Every page in turn, so that tables, indexes, the log and the schema are each hit once.
    var named = 0
    for (index, page) in stride(from: 8_192, to: size, by: 8_192 * 5).enumerated() {
      let path = try copy(deal, "rep", as: "flipped\(index)")
      try change(path) { data in
        for byte in page..<min(page + 8_192, size) { data[byte] ^= 0xFF }
      }
      let result = try KithProcess.run([path, "check"], program: program)
      #expect(result.code == 0 || result.code == 9, "page at \(page): \(result)")
      if result.code == 9, !(result.output.isEmpty) { named += 1 }
      let listed = try KithProcess.run([path, "conflict", "list"], program: program)
      #expect(listed.code == 0 || listed.code == 9, "page at \(page): \(listed)")
    }
    #expect(named > 0)
    let short = try copy(deal, "rep", as: "short")
    try change(short) { $0 = $0.prefix(size / 2) }
    let cut = try inspect(short, "check", code: 9)
    #expect(cut.contains("damaged") || cut.contains("SQLite says"))
    let newer = try copy(deal, "rep", as: "newer")
    // Bytes 60 to 63 hold the format.
    try change(newer) { $0[63] = 99 }
    #expect(try inspect(newer, "check", code: 9).contains("format 99; this program reads up to"))
    #expect(try inspect(newer, "conflict", "list", code: 9).contains("format 99"))
    let none = try copy(deal, "rep", as: "none")
    try change(none) { $0 = Data("nothing of the kind".utf8) }
    #expect(try inspect(none, "check", code: 9).contains("is not a store of kith"))
    try deal.nodes.kith("rep", "count", "deals")
    _ = try inspect(none + "x", "check", code: 9)
  }

  @Test("two files are compared: what each lacks, and where they say different things")
  func diff() throws {
    let deal = try DisputedDeal()
    let (rep, tom) = (deal.nodes.store("rep"), deal.nodes.store("tom"))
    let apart = try KithProcess.run(["diff", rep, tom], program: program)
    #expect(apart.code == 1, "\(apart)")
    #expect(apart.output.contains("3 entries that the other lacks: 3 of rep"))
    #expect(apart.output.contains("4 entries that the other lacks: 1 of office, 3 of tom"))
    #expect(apart.output.contains("· amount  €17,900 | €18,000"))
    #expect(apart.output.contains("Jonas Weber  deleted in the first alone"))
    try deal.exchange()
    let same = try KithProcess.run(["diff", rep, tom], program: program)
    #expect(same.code == 0, "\(same)")
    #expect(same.output.contains("Both hold the same entries, and say the same."))
    let json = try KithProcess.run(["diff", rep, tom, "--format", "json"], program: program)
    #expect(json.output.contains("\"schema\":\"kith.diff/1\",\"same\":true"))
    #expect(try KithProcess.run(["diff", rep], program: program).code == 2)
    try deal.nodes.stop(deal.server)
  }

  @Test("with --write the file itself is opened, by the node whose key lies beside it")
  func write() throws {
    let deal = try DisputedDeal()
    try deal.exchange()
    let id = try deal.id("rep", "field = amount")
    let result = try KithProcess.run(
      [deal.nodes.store("rep"), "--write", "conflict", "take", id, "A"], program: program)
    #expect(result.code == 0, "\(result)")
    #expect(try deal.ids("rep", "field = amount").isEmpty)
    try deal.nodes.stop(deal.server)
  }
}
