/// Which cells of a screen are other than they were, found by comparing its lines as text.
///
/// It knows no tables, so it serves whatever a command draws: a cell is what stands between gaps of two
/// spaces or more, and a changed line goes back to the one that began with the same cell.
package struct ScreenDifference: Sendable {
  /// By the places of the new lines, what is to be marked of each.
  package private(set) var marks: [Int: [Range<String.Index>]] = [:]

  /// Compares two screens, neither of which has colours.
  package init(from old: [String], to new: [String]) {
    let difference = new.difference(from: old)
    var former: [Substring: [Set<Substring>]] = [:]
    for case .remove(_, let line, _) in difference.removals {
      let cells = Self.cells(of: line).map { line[$0] }
      former[Self.key(of: cells), default: []].append(Set(cells))
    }
    for case .insert(let index, let line, _) in difference.insertions {
      let cells = Self.cells(of: line)
      let key = Self.key(of: cells.map { line[$0] })
      let before = former[key]?.first ?? []
      if !before.isEmpty { former[key]?.removeFirst() }
      marks[index] = cells.filter {
        !before.contains(line[$0]) && !Self.isRowNumber(line[$0])
      }
    }
  }

  /// The new line with its marked cells reversed, or with a `*` behind each where there are no colours.
  ///
  /// A gap has room for the sign, so that columns stay where they are. `nil` of a line that was there.
  package func marked(_ line: String, at index: Int, style: Style) -> String? {
    guard let cells = marks[index] else { return nil }
    var result = ""
    var rest = line.startIndex
    for cell in cells {
      result += line[rest..<cell.lowerBound]
      rest = cell.upperBound
      guard !style.isColored else {
        result += style.paint(String(line[cell]), .reversed)
        continue
      }
      result += line[cell] + "*"
      if rest < line.endIndex { rest = line.index(after: rest) }
    }
    return result + line[rest...]
  }

  /// A listing's rows count anew when one comes in before them.
  private static func isRowNumber(_ cell: Substring) -> Bool {
    cell.first == "@" && cell.dropFirst().allSatisfy(\.isNumber)
  }

  /// What a line is known by: its first cell that is no row number.
  private static func key(of cells: [Substring]) -> Substring {
    cells.first { !isRowNumber($0) } ?? ""
  }

  private static func cells(of line: String) -> [Range<String.Index>] {
    var cells: [Range<String.Index>] = []
    var spaces = 2
    for index in line.indices {
      if line[index] == " " {
        spaces += 1
        continue
      }
      let next = line.index(after: index)
      if spaces < 2, let last = cells.popLast() {
        cells.append(last.lowerBound..<next)
      } else {
        cells.append(index..<next)
      }
      spaces = 0
    }
    return cells
  }
}
