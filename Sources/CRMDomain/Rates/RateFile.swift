package import CRDTCore
import Foundation
import FoundationXML

/// Reads exchange rates from a file: a central bank's XML, or CSV.
///
/// Of CSV there are two shapes: `date, currency, rate`, perhaps with a column `base`, and the central
/// bank's, with a column for each currency. A rate tells how many of the currency one of the base is
/// worth. Empty cells and `N/A` say nothing.
package struct RateFile: Sendable {
  /// A value that cannot be taken.
  package struct Rejection: Hashable, Sendable {
    /// The line in which it stands.
    package let line: Int
    /// Why: one sentence.
    package let reason: String
  }

  /// The rates, in the file's order; of a pair and day told twice the last.
  package private(set) var rates: [ExchangeRate] = []
  package private(set) var rejections: [Rejection] = []
  private var places: [RecordID: Int] = [:]

  /// How many bytes a file may have; the central bank's whole history has 8 MiB.
  private static let bytesMax = 64 << 20

  /// Reads a file; `base` is the currency whose worth it tells, where it does not say so itself.
  ///
  /// - Throws: ``RateError/unreadableFile(reason:)``, ``CSVError``, or what `source` throws.
  package init(reading source: CSVReader.Source, base: CurrencyCode) throws {
    var bytes: [UInt8] = []
    while true {
      let chunk = try source()
      guard !chunk.isEmpty else { break }
      bytes += chunk
      guard bytes.count <= Self.bytesMax else {
        throw RateError.unreadableFile(reason: "it is longer than \(Self.bytesMax >> 20) MiB")
      }
    }
    let first = bytes.first { !" \t\r\n\u{FEFF}".utf8.contains($0) }
    if first == UInt8(ascii: "<") { try readXML(bytes) } else { try readCSV(bytes, base: base) }
    guard !rates.isEmpty || !rejections.isEmpty else {
      throw RateError.unreadableFile(reason: "there is nothing in it that looks like one")
    }
  }

  private mutating func take(
    _ currency: CurrencyCode, date: String, rate: String, base: CurrencyCode, line: Int
  ) {
    guard let day = CivilDate(date) else {
      return rejections.append(Rejection(line: line, reason: "“\(date)” is no date."))
    }
    do throws(RateError) {
      guard let value = DecimalNumber(rate) else { throw RateError.wrongValue(rate) }
      let rate = try ExchangeRate(base, in: currency, on: day, value)
      if let place = places[rate.id] {
        rates[place] = rate
      } else {
        places[rate.id] = rates.count
        rates.append(rate)
      }
    } catch {
      rejections.append(Rejection(line: line, reason: error.summary))
    }
  }

  // MARK: - The central bank's XML

  private mutating func readXML(_ bytes: [UInt8]) throws {
    let parser = XMLParser(data: Data(bytes))
    parser.shouldResolveExternalEntities = false
    let cubes = CubeReader()
    parser.delegate = cubes
    guard parser.parse() else {
      let reason = parser.parserError.map { ": \(($0 as NSError).code)" } ?? ""
      throw RateError.unreadableFile(
        reason: "its XML ends or breaks in line \(parser.lineNumber)\(reason)")
    }
    for cube in cubes.found {
      guard let currency = CurrencyCode(cube.currency) else {
        let reason = RateError.unknownCurrency(cube.currency).summary
        rejections.append(Rejection(line: cube.line, reason: reason))
        continue
      }
      take(currency, date: cube.day, rate: cube.rate, base: .euro, line: cube.line)
    }
  }

  // MARK: - CSV

  private mutating func readCSV(_ bytes: [UInt8], base: CurrencyCode) throws {
    var rest = [Self.withoutLastCommas(bytes)]
    var reader = try CSVReader(reading: { rest.popLast() ?? [] })
    let names = reader.header.map(FieldName.normalized)
    guard let date = names.firstIndex(of: "date") else {
      throw RateError.unreadableFile(reason: "no column of it is called date")
    }
    let single = names.firstIndex(of: "currency").flatMap { currency in
      names.firstIndex(of: "rate").map { (currency: currency, rate: $0) }
    }
    let wide = reader.header.enumerated().compactMap { index, name in
      CurrencyCode(name.trimmed).map { (currency: $0, place: index) }
    }
    let ownBase = names.firstIndex(of: "base")
    while let row = try reader.next() {
      func cell(_ index: Int) -> String {
        row.cells.indices.contains(index) ? row.cells[index].trimmed : ""
      }
      var rowBase = base
      if let ownBase, !cell(ownBase).isEmpty {
        guard let named = CurrencyCode(cell(ownBase).uppercased()) else {
          let reason = RateError.unknownCurrency(cell(ownBase)).summary
          rejections.append(Rejection(line: row.line, reason: reason))
          continue
        }
        rowBase = named
      }
      guard let single else {
        for column in wide where !["", "N/A"].contains(cell(column.place)) {
          take(
            column.currency, date: cell(date), rate: cell(column.place), base: rowBase,
            line: row.line)
        }
        continue
      }
      guard let currency = CurrencyCode(cell(single.currency).uppercased()) else {
        let reason = RateError.unknownCurrency(cell(single.currency)).summary
        rejections.append(Rejection(line: row.line, reason: reason))
        continue
      }
      take(currency, date: cell(date), rate: cell(single.rate), base: rowBase, line: row.line)
    }
  }
}

extension RateFile {
  /// The lines without the comma that ends each of them in the central bank's own files.
  private static func withoutLastCommas(_ bytes: [UInt8]) -> [UInt8] {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0
    }
    guard lines.first?.last == UInt8(ascii: ",") else { return bytes }
    return Array(
      lines.map { $0.last == UInt8(ascii: ",") ? $0.dropLast() : $0 }
        .joined(separator: [UInt8(ascii: "\n")]))
  }
}

/// Collects the innermost `Cube` elements, each under the day of the one around it.
private final class CubeReader: NSObject, XMLParserDelegate {
  struct Cube {
    let currency: String
    let rate: String
    let day: String
    let line: Int
  }

  private(set) var found: [Cube] = []
  private var day = ""

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    guard elementName.split(separator: ":").last == "Cube" else { return }
    if let time = attributes["time"] { day = time }
    guard let currency = attributes["currency"], let rate = attributes["rate"] else { return }
    found.append(Cube(currency: currency, rate: rate, day: day, line: parser.lineNumber))
  }
}
