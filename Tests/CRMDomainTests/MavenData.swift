import CRDTCore
import CRMDomain
import Foundation
import ReplicaStore
import TestSupport

/// Takes the files of the real data set into a replica.
enum MavenData {
  /// Opens a file of the data set.
  static func open(_ name: String) throws -> CSVReader.Source {
    let file = MavenFiles.folder.appendingPathComponent(name)
    let handle = try FileHandle(forReadingFrom: file)
    return { Array(try handle.read(upToCount: 64 << 10) ?? Data()) }
  }

  /// Imports a file, with `field=column` and `field:from=to` as the command line has them.
  static func take(
    _ name: String, as kind: String, columns: String, key: String, values: String = "",
    visits: String = "", isDryRun: Bool = false, into office: TestOffice,
    rejects: (([UInt8]) throws -> Void)? = nil
  ) throws -> ImportReport {
    var options = ImportOptions(batch: 1, now: TestOffice.occasion().now)
    options.columns = columns.split(separator: ",").map {
      let sides = $0.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      return ImportOptions.ColumnMapping(field: sides[0], column: sides[1])
    }
    options.values = values.split(separator: ",").map {
      let sides = $0.split(whereSeparator: { $0 == ":" || $0 == "=" }).map(String.init)
      return ImportOptions.ValueMapping(field: sides[0], from: sides[1], to: sides[2])
    }
    options.visits = visits.split(separator: ",").map {
      let sides = $0.split(separator: "=").map(String.init)
      return (stage: sides[0], column: sides[1])
    }
    options.dateOrder = .mdy
    options.key = key
    options.isDryRun = isDryRun
    return try CSVImport(office.entity(kind), options, in: office.catalog).run(
      on: office.replica, open: { try open(name) }, rejects: rejects)
  }

  static func takeAccounts(into office: TestOffice) throws -> ImportReport {
    try take(
      MavenFiles.accounts, as: "account",
      columns:
        "name=account,industry=sector,founded_year=year_established,country=office_location,parent=subsidiary_of",
      key: "name", into: office)
  }

  static func takeProducts(into office: TestOffice) throws -> ImportReport {
    try take(
      MavenFiles.products, as: "product", columns: "name=product,category=series,price=sales_price",
      key: "name", into: office)
  }

  /// The managers, who have no rows of their own, and the agents.
  static func takeUsers(into office: TestOffice) throws -> [ImportReport] {
    [
      try take(
        MavenFiles.people, as: "user", columns: "name=manager,region=regional_office,manager=",
        key: "name", into: office),
      try take(
        MavenFiles.people, as: "user",
        columns: "name=sales_agent,manager=manager,region=regional_office", key: "name",
        into: office),
    ]
  }

  static func takeDeals(
    into office: TestOffice, values: String = MavenFiles.dealValues, isDryRun: Bool = false,
    rejects: (([UInt8]) throws -> Void)? = nil
  ) throws -> ImportReport {
    try take(
      MavenFiles.deals, as: "deal", columns: MavenFiles.dealColumns, key: "number", values: values,
      visits: "Engaging=engage_date,Won=close_date,Lost=close_date", isDryRun: isDryRun,
      into: office, rejects: rejects)
  }
}
