import CRMDomain
import Testing

@Suite("CSVReader")
struct CSVReaderTests {
  /// A source of chunks of so many bytes.
  private func source(_ bytes: [UInt8], chunk: Int) -> CSVReader.Source {
    var rest = bytes[...]
    return {
      defer { rest = rest.dropFirst(chunk) }
      return Array(rest.prefix(chunk))
    }
  }

  private func rows(_ text: String, chunk: Int = 1 << 16) throws -> [[String]] {
    var reader = try CSVReader(reading: source(Array(text.utf8), chunk: chunk))
    var rows = [reader.header]
    while let row = try reader.next() { rows.append(row.cells) }
    return rows
  }

  @Test(
    "quotes, separators and line ends are read as RFC 4180 says, in chunks of any size",
    arguments: [1, 2, 3, 7, 1 << 16])
  func quoting(chunk: Int) throws {
    let text = "name,note\r\n\"Müller, Anke\",\"said \"\"yes\"\"\r\nto us\"\r\n,\nlast,5\" pipe"
    #expect(
      try rows(text, chunk: chunk) == [
        ["name", "note"], ["Müller, Anke", "said \"yes\"\r\nto us"], ["", ""],
        ["last", "5\" pipe"],
      ])
  }

  @Test(
    "a header of several lines has the same separator whatever the chunks",
    arguments: [1, 2, 3, 7, 1 << 16])
  func separatorOfLongHeader(chunk: Int) throws {
    #expect(
      try rows("\"a\nb\";c,d;e\n1;2,3;4", chunk: chunk) == [
        ["a\nb", "c,d", "e"], ["1", "2,3", "4"],
      ])
  }

  @Test(
    "the separator is the one that the header has most of",
    arguments: ["a,b;c,d\n1,2,3", "a;b,c;d\n1;2;3", "a\tb,c\td\n1\t2\t3"])
  func separators(text: String) throws {
    #expect(try rows(text)[0].count == 3)
    #expect(try rows(text)[1] == ["1", "2", "3"])
  }

  @Test("a byte order mark, blank lines and all three line ends are taken in stride")
  func leniency() throws {
    #expect(try rows("\u{FEFF}a,b\r1,2\n\n\r\n3,4\r\n") == [["a", "b"], ["1", "2"], ["3", "4"]])
  }

  @Test("each row says in which line it begins")
  func lines() throws {
    var reader = try CSVReader(
      reading: source(Array("a\n\"1\n2\"\n\n3\n".utf8), chunk: 4))
    #expect(try reader.next()?.line == 2)
    #expect(try reader.next()?.line == 5)
  }

  @Test(
    "what is no table is refused, with the line",
    arguments: [
      ("", CSVError.empty), ("a,b\n\"open", .unclosedQuote(line: 2)),
      ("a\n\"x\"y\n", .textBehindQuote(line: 2)), ("a,a\n", .repeatedColumn("a")),
      ("a,\n", .unnamedColumn(number: 2)), ("a\n\0\n", .notText(line: 2)),
      ("{\"a\": 1}", .json), ("[\n  {\"a\": 1}\n]", .json),
      (String(repeating: "x,", count: 1_024) + "x\n", .tooManyColumns(line: 1)),
      ("a\n" + String(repeating: "x", count: (1 << 20) + 1), .cellTooLong(line: 2)),
    ])
  func refusals(text: String, error: CSVError) {
    #expect(throws: error) { try rows(text) }
  }

  @Test("text in another encoding is refused, with the line")
  func encoding() throws {
    var reader = try CSVReader(
      reading: source(Array("name\n".utf8) + [0x4D, 0xFC, 0x6C, 0x0A], chunk: 64))
    #expect(throws: CSVError.notUTF8(line: 2)) { try reader.next() }
  }

  @Test("what the writer writes, the reader reads")
  func roundTrip() throws {
    let row = ["plain", "", "a,b", "say \"x\"", "two\nlines", "trailing\r"]
    let header = row.indices.map { "column \($0)" }
    for delimiter in [UInt8(ascii: ","), UInt8(ascii: ";")] {
      let writer = CSVWriter(delimiter: delimiter)
      var reader = try CSVReader(
        reading: source(writer.line(header) + writer.line(row), chunk: 5))
      #expect(try reader.next()?.cells == row)
    }
  }
}
