import CommandShell
import Testing

@Suite("TableView")
struct TableViewTests {
  private let table = TableView(
    columns: [
      .init("", importance: 9, widthMin: 3), .init("id", importance: 9),
      .init("name", importance: 5), .init("account", importance: 3), .init("stage", importance: 4),
      .init("value", alignment: .right, importance: 6), .init("close", importance: 2),
    ],
    rows: [
      [
        "@1", "d7h2k", "Pump retrofit", "Müller GmbH", "negotiation",
        .init("€18,400", markers: "↑"), "today",
      ],
      ["@2", "dq94m", "Spare parts 2026", "北京 Trading", "quote", "€6,250", "Fri 13 Mar"],
    ],
    footer: "2 deals · €24,650")

  @Test("columns are as wide as what they hold")
  func natural() {
    #expect(
      table.lines(width: nil, style: .plain) == [
        "     id     name              account       stage          value    close",
        "@1   d7h2k  Pump retrofit     Müller GmbH   negotiation  €18,400 ↑  today",
        "@2   dq94m  Spare parts 2026  北京 Trading  quote         €6,250    Fri 13 Mar",
        "2 deals · €24,650",
      ])
  }

  @Test("the least important column is cut first, then the next")
  func cutting() {
    #expect(
      table.lines(width: 66, style: .plain) == [
        "     id     name              accou…  stage        value    close",
        "@1   d7h2k  Pump retrofit     Mülle…  negotiat…  €18,400 ↑  today",
        "@2   dq94m  Spare parts 2026  北京 …  quote       €6,250    Fri 1…",
        "2 deals · €24,650",
      ])
  }

  @Test("an optional column is left out before another is cut, the least important first")
  func optional() {
    let table = TableView(
      columns: [
        .init("id", importance: 9), .init("kind", importance: 2, isOptional: true),
        .init("name", importance: 5), .init("written", importance: 1, isOptional: true),
      ],
      rows: [["d7h2k", "deal", "Pump retrofit", "20 min"]])
    #expect(table.lines(width: 35, style: .plain)[1] == "d7h2k  deal  Pump retrofit  20 min")
    #expect(table.lines(width: 33, style: .plain)[1] == "d7h2k  deal  Pump retrofit")
    #expect(table.lines(width: 24, style: .plain)[1] == "d7h2k  Pump retrofit")
    #expect(table.lines(width: 18, style: .plain)[1] == "d7h2k  Pump retro…")
  }

  @Test("no line is wider than the terminal, and none ends in a space", arguments: 1...80)
  func bounds(width: Int) {
    for line in table.lines(width: width, style: .plain) {
      #expect(TextWidth.columns(of: line) <= width)
      #expect(line.last != " ")
    }
  }

  @Test("an id is whole or not there, however narrow the terminal", arguments: 1...40)
  func wholeColumn(width: Int) {
    let table = TableView(
      columns: [
        .init("", importance: 9), .init("id", importance: 9, isWhole: true), .init("name"),
      ],
      rows: [["@1", "d7h2kx", "Pump retrofit"], ["@2", "dq94mz", "Spare parts"]])
    let rows = table.lines(width: width, style: .plain).dropFirst()
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { width < 6 || $0.contains(/\bd[a-z0-9]{5}\b/) })
  }

  @Test("ids have the prefix they need in bold, and colours take no room")
  func colours() {
    let table = TableView(
      columns: [.init("id"), .init("name")],
      rows: [[.init("d7h2k", boldCount: 3), .init("x", ink: .red)]])
    #expect(
      table.lines(width: 10, style: Style(isColored: true)) == [
        "\u{1B}[1mid\u{1B}[0m     \u{1B}[1mname\u{1B}[0m".replacing(
          "\u{1B}[1mname", with: "\u{1B}[1mna…"),
        "\u{1B}[1md7h\u{1B}[0m2k  \u{1B}[31mx\u{1B}[0m",
      ])
  }

  @Test("an empty table has its header and footer")
  func empty() {
    let table = TableView(columns: [.init("id"), .init("name")], rows: [], footer: "no deals")
    #expect(table.lines(width: 80, style: .plain) == ["id  name", "no deals"])
  }
}

@Suite("CardView")
struct CardViewTests {
  private let card = CardView(
    title: "d7h2k Pump retrofit",
    sections: [
      .init(rows: [.init("value", "€18,400 → €17,900"), .init("labels", "+ easter", markers: "↑")]),
      .init(
        "Notes",
        rows: [.init("note", "Prefers calls after lunch.\nDecides alone."), .init("x", "")]),
    ], closing: ["changed Thu 14:20 by Tom on hamburg"])

  @Test("values stand in one column")
  func natural() {
    #expect(
      card.lines(width: 80, style: .plain) == [
        "d7h2k Pump retrofit", "  value   €18,400 → €17,900", "  labels  + easter ↑", "", "Notes",
        "  note    Prefers calls after lunch.", "          Decides alone.", "  x", "",
        "changed Thu 14:20 by Tom on hamburg",
      ])
  }

  @Test("long values wrap under themselves")
  func narrow() {
    #expect(
      card.lines(width: 27, style: .plain)[5...8] == [
        "  note    Prefers calls", "          after lunch.", "          Decides alone.", "  x",
      ])
  }
}

@Suite("BoardView")
struct BoardViewTests {
  private let board = BoardView(columns: [
    .init(
      "Quote", figures: ["1", "€6,250"],
      cards: [
        .init(
          id: "dq94m", title: "Spare parts 2026",
          details: ["北京 Trading €6,250", "close Fri 13 Mar"])
      ]),
    .init("Negotiation", figures: ["0"], cards: []),
    .init(
      "Won", figures: ["1", "€17,900"],
      cards: [
        .init(
          id: "d7h2k", title: "Pump retrofit", details: ["Müller GmbH €17,900", "close today"],
          markers: "↑!")
      ]),
  ])

  @Test("columns stand side by side")
  func wide() {
    #expect(
      board.lines(width: 80, style: .plain) == [
        " QUOTE · 1 · €6,250        NEGOTIATION · 0           WON · 1 · €17,900",
        " dq94m Spare parts 2026                              d7h2k Pump retrofit    ↑!",
        "       北京 Trading €6,250                                 Müller GmbH €17,900",
        "       close Fri 13 Mar                                    close today",
      ])
  }

  @Test("a narrow terminal stacks them")
  func narrow() {
    #expect(
      board.lines(width: 60, style: Style(isColored: false, isASCII: true)) == [
        " QUOTE - 1 - €6,250", " dq94m Spare parts 2026", "       北京 Trading €6,250",
        "       close Fri 13 Mar", "", " NEGOTIATION - 0", "", " WON - 1 - €17,900",
        " d7h2k Pump retrofit" + String(repeating: " ", count: 38) + "↑!",
        "       Müller GmbH €17,900", "       close today",
      ])
  }

  @Test("no line is wider than the terminal", arguments: 10...80)
  func bounds(width: Int) {
    for line in board.lines(width: width, style: .plain) {
      #expect(TextWidth.columns(of: line) <= width)
    }
  }
}
