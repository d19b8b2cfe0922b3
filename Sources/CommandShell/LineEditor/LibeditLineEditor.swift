import CLineEditor
import Foundation

/// Edits lines on a terminal with libedit: Emacs keys, history, completion, safe paste.
///
/// The terminal is changed only while a line is being read, and given back however that ends.
package final class LibeditLineEditor: LineEditor {
  /// What a key did that ends the reading without a line.
  private enum Outcome {
    case interrupted
    /// The lines that were pasted to be run wait in ``queue``.
    case pasted
  }

  /// The sign that frames what takes no room in the prompt.
  private static let mark: Character = "\u{1}"

  package var completer: Completer?
  /// What Ctrl-C says on an empty line; a form that Ctrl-C leaves says nothing.
  package var emptyInterruptNotice: String? = "Ctrl-D or quit leaves"

  /// Asked, when ``bell`` has rung while nothing is typed, what is to be shown above the prompt.
  package var interlude: ((_ prompt: String) -> EditorInterlude?)?
  /// Wakes the editor while it waits for a key.
  package let bell: EditorBell?

  private let editor: OpaquePointer
  private let history: OpaquePointer
  private let input: UnsafeMutablePointer<FILE>
  private let output: UnsafeMutablePointer<FILE>
  private let inputDescriptor: Int32
  private let outputDescriptor: Int32
  private let style: Style
  private let marksPastes: Bool

  private var prompt = ""
  private var promptBytes: UnsafeMutablePointer<CChar>?
  private var outcome: Outcome?
  /// Pasted lines to be run one by one.
  private var queue: [String] = []
  /// The line at the last Tab that could add nothing; the same line again asks for the list.
  private var lineAtLastTab: String?
  /// Whether the next key is an answer or part of a paste.
  private var isReadingAnswer = false

  /// Opens an editor on a terminal.
  ///
  /// - Parameters:
  ///   - input: The terminal's descriptor for reading; it stays the caller's.
  ///   - output: The terminal's descriptor for writing; it stays the caller's.
  ///   - terminalType: What kind of terminal it is; `nil` for what `TERM` says.
  ///   - marksPastes: Whether the terminal is asked to tell what is pasted, by escape sequences.
  ///   - style: How lists and questions are drawn.
  ///   - bell: What may wake it; then ``interlude`` is asked.
  /// - Throws: ``LineEditorError/noTerminal``.
  package init(
    input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, terminalType: String? = nil,
    marksPastes: Bool = true, style: Style = .plain, bell: EditorBell? = nil
  ) throws(LineEditorError) {
    kith_use_locale()
    inputDescriptor = input
    guard let input = fdopen(dup(input), "r") else { throw .noTerminal }
    guard let outputFile = fdopen(dup(output), "w") else {
      fclose(input)
      throw .noTerminal
    }
    guard let editor = el_init("kith", input, outputFile, outputFile) else {
      fclose(input)
      fclose(outputFile)
      throw .noTerminal
    }
    guard let history = history_init() else {
      el_end(editor)
      fclose(input)
      fclose(outputFile)
      throw .noTerminal
    }
    self.editor = editor
    self.history = history
    self.input = input
    self.output = outputFile
    outputDescriptor = output
    self.style = style
    self.marksPastes = marksPastes
    self.bell = bell
    if let terminalType { _ = kith_el_set_terminal(editor, terminalType) }
    configure()
  }

  deinit {
    el_end(editor)
    history_end(history)
    fclose(input)
    fclose(output)
    free(promptBytes)
  }

  package func readLine(prompt: String) throws(LineEditorError) -> LineEditorResult {
    if !queue.isEmpty { return .line(takePasted(prompt)) }
    show(prompt: prompt)
    outcome = nil
    lineAtLastTab = nil
    kith_guard_begin(outputDescriptor, marksPastes ? 1 : 0)
    _ = kith_el_prepare_terminal(editor)
    var count: Int32 = 0
    let line = el_gets(editor, &count).map { String(cString: $0) }
    kith_guard_end()
    switch outcome {
    case .interrupted: return .interrupted
    case .pasted: return .line(takePasted(prompt))
    case nil: break
    }
    guard let line else {
      write("\n")
      return .endOfInput
    }
    return .line(line.last?.isNewline == true ? String(line.dropLast()) : line)
  }

  package func addToHistory(_ line: String) {
    if HistoryEntry.keeps(line) { _ = kith_history_enter(history, line) }
  }

  // MARK: Set-up

  private func configure() {
    _ = kith_el_set_client_data(editor, Unmanaged.passUnretained(self).toOpaque())
    _ = kith_el_set_prompt(
      editor,
      {
        kith_guard_install()
        return LibeditLineEditor.owner(of: $0)?.promptBytes
      }, 1)
    _ = kith_el_set_editor(editor, "emacs")
    _ = kith_el_set_signal(editor, 1)
    _ = kith_el_disable_interrupt_key(editor)
    _ = kith_history_set_size(history, Int32(LineLimits.historyEntriesMax))
    _ = kith_history_set_unique(history, 1)
    _ = kith_el_set_history(editor, history)
    if bell != nil { _ = kith_el_set_reader(editor, Self.reader) }
    add("kith-complete", key: "^I") { editor, _ in
      LibeditLineEditor.owner(of: editor)?.complete() ?? UInt8(CC_ERROR)
    }
    add("kith-interrupt", key: "^C") { editor, _ in
      LibeditLineEditor.owner(of: editor)?.interrupt() ?? UInt8(CC_EOF)
    }
    add("kith-paste", key: "\\e[200~") { editor, _ in
      LibeditLineEditor.owner(of: editor)?.paste() ?? UInt8(CC_ERROR)
    }
    for (key, function) in [
      ("^R", "em-inc-search-prev"), ("^W", "ed-delete-prev-word"),
      ("\\e[A", "ed-search-prev-history"), ("\\eOA", "ed-search-prev-history"),
      ("\\e[B", "ed-search-next-history"), ("\\eOB", "ed-search-next-history"),
    ] {
      _ = kith_el_bind(editor, key, function)
    }
  }

  private func add(_ name: String, key: String, _ function: @escaping kith_key_function) {
    _ = kith_el_add_function(editor, name, name, function)
    _ = kith_el_bind(editor, key, name)
  }

  /// The editor that libedit calls back; it is alive as long as libedit's is, which it owns.
  private static func owner(of editor: OpaquePointer?) -> LibeditLineEditor? {
    kith_el_client_data(editor).map {
      Unmanaged<LibeditLineEditor>.fromOpaque($0).takeUnretainedValue()
    }
  }

  private func show(prompt: String) {
    self.prompt = prompt
    var marked = ""
    var isInColor = false
    for character in prompt {
      if character == "\u{1B}" {
        marked.append(Self.mark)
        isInColor = true
      }
      marked.append(character)
      if isInColor, character == "m" {
        marked.append(Self.mark)
        isInColor = false
      }
    }
    free(promptBytes)
    promptBytes = strdup(marked)
  }

  // MARK: Interludes

  /// Reads keys for libedit, and listens to the bell while there is none.
  private static let reader: kith_read_function = { editor, key in
    LibeditLineEditor.owner(of: editor)?.awaitKey()
    return kith_el_read_key(editor, key, LibeditLineEditor.reader)
  }

  private func awaitKey() {
    guard let bell else { return }
    while true {
      var waited = [
        pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&waited, nfds_t(waited.count), -1)
      if count < 0, errno == EINTR { continue }
      // A key comes first: somebody is typing.
      guard count > 0, waited[0].revents == 0 else { return }
      bell.silence()
      showInterlude()
    }
  }

  /// Puts what came up in place of the prompt, and the prompt anew below it, unless something is typed.
  private func showInterlude() {
    guard !isReadingAnswer, line == ("", ""), let shown = interlude?(prompt) else { return }
    if marksPastes {
      let columns = max(Int(kith_terminal_columns(outputDescriptor)), 1)
      let rows = TextWidth.columns(of: Style.uncolored(prompt)) / columns
      write((rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J")
    } else {
      write("\n")
    }
    for line in shown.lines { write(line + "\n") }
    show(prompt: shown.prompt)
    _ = kith_el_refresh(editor)
  }

  // MARK: The line

  /// The line's text before and after the cursor.
  private var line: (before: String, after: String) {
    guard let info = el_line(editor)?.pointee, let start = info.buffer, let cursor = info.cursor,
      let end = info.lastchar
    else { return ("", "") }
    func text(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> String {
      let bytes = UnsafeRawBufferPointer(start: from, count: to - from)
      return String(decoding: bytes, as: UTF8.self)
    }
    return (text(start, cursor), text(cursor, end))
  }

  private func write(_ text: String) {
    fputs(text, output)
    fflush(output)
  }

  /// Moves to the row below the line, which may itself take several.
  private func moveBelowLine() {
    let columns = max(Int(kith_terminal_columns(outputDescriptor)), 1)
    let (before, after) = line
    let start = TextWidth.columns(of: Style.uncolored(prompt))
    let cursor = start + TextWidth.columns(of: before)
    let end = cursor + TextWidth.columns(of: after)
    write(String(repeating: "\n", count: end / columns - cursor / columns + 1))
  }

  // MARK: Keys

  private func interrupt() -> UInt8 {
    let (before, after) = line
    outcome = .interrupted
    if after.isEmpty { write("^C") }
    moveBelowLine()
    if before.isEmpty, after.isEmpty, let emptyInterruptNotice {
      write(emptyInterruptNotice + "\n")
    }
    return UInt8(CC_EOF)
  }

  private func complete() -> UInt8 {
    let (before, after) = line
    let offers = completer?(before + after, before.count) ?? []
    guard let first = offers.first else { return UInt8(CC_REFRESH_BEEP) }
    let typed = String(before.suffix(first.replacedCount))
    if offers.count == 1 {
      replace(typed, with: first.text + (first.endsWord && after.first != " " ? " " : ""))
      return UInt8(CC_REFRESH)
    }
    let common = offers.dropFirst().reduce(first.text) { $0.commonPrefix(with: $1.text) }
    if common.count > typed.count {
      replace(typed, with: common)
      lineAtLastTab = String(before.dropLast(typed.count)) + common + after
      return UInt8(CC_REFRESH)
    }
    guard lineAtLastTab == before + after else {
      lineAtLastTab = before + after
      return UInt8(CC_REFRESH_BEEP)
    }
    moveBelowLine()
    list(offers)
    _ = kith_el_refresh(editor)
    return UInt8(CC_NORM)
  }

  private func replace(_ typed: String, with text: String) {
    if !typed.isEmpty { el_deletestr(editor, Int32(typed.unicodeScalars.count)) }
    _ = el_insertstr(editor, text)
  }

  private func list(_ offers: [Completion]) {
    let shown = offers.prefix(LineLimits.completionsListed)
    let table = TableView(
      columns: [.init("", importance: 1), .init("")],
      rows: shown.map { [.init($0.text), .init($0.description, ink: .faint)] },
      footer: offers.count > shown.count
        ? "\(style.ellipsis) and \(offers.count - shown.count) more" : nil,
      hasHeader: false)
    let columns = Int(kith_terminal_columns(outputDescriptor))
    for line in table.lines(width: columns > 0 ? columns : nil, style: style) { write(line + "\n") }
  }

  // MARK: Pasting

  /// Takes what the terminal says was pasted: one line lands in the line, several ask first.
  private func paste() -> UInt8 {
    guard let text = readPaste() else { return UInt8(CC_REFRESH_BEEP) }
    let pasted = PastedText(text)
    guard pasted.lines.count > 1 else {
      if let only = pasted.lines.first { _ = el_insertstr(editor, only) }
      return UInt8(CC_REFRESH)
    }
    let (before, after) = line
    moveBelowLine()
    let sign = style.separator
    write("\(pasted.lines.count) lines pasted. [r]un one by one\(sign)[e]dit\(sign)[c]ancel ")
    let answer = readAnswer()
    write("\n")
    switch answer {
    case "r":
      queue = pasted.inserted(between: before, and: after)
      outcome = .pasted
      return UInt8(CC_EOF)
    case "e": _ = el_insertstr(editor, pasted.oneLine)
    default: break
    }
    _ = kith_el_refresh(editor)
    return UInt8(CC_NORM)
  }

  /// Reads up to the end of the paste; `nil` if it is too long, or Ctrl-C gives up waiting for it.
  private func readPaste() -> String? {
    let end = Array("\u{1B}[201~".unicodeScalars)
    var scalars: [Unicode.Scalar] = []
    var byteCount = 0
    while let scalar = readScalar(), scalar != "\u{3}" {
      byteCount += UTF8.width(scalar)
      let isTooLong = byteCount > LineLimits.commandBytesMax
      // Of a paste that is not taken only its end still matters.
      if isTooLong { scalars = scalars.suffix(end.count) }
      scalars.append(scalar)
      if scalar == "~", scalars.suffix(end.count) == end[...] {
        guard !isTooLong else { return nil }
        return String(String.UnicodeScalarView(scalars.dropLast(end.count)))
      }
    }
    return nil
  }

  private func readAnswer() -> Character {
    while let scalar = readScalar() {
      let key = Character(scalar.properties.lowercaseMapping)
      if "rec".contains(key) { return key }
      if key.isNewline || scalar == "\u{3}" || scalar == "\u{1B}" { break }
    }
    return "c"
  }

  private func readScalar() -> Unicode.Scalar? {
    isReadingAnswer = true
    defer { isReadingAnswer = false }
    var value: UInt32 = 0
    guard kith_el_read(editor, &value) == 1 else { return nil }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }

  /// Hands out the next pasted line, shown as if it had been typed.
  private func takePasted(_ prompt: String) -> String {
    let line = queue.removeFirst()
    write("\(prompt)\(PlainText.oneLine(line))\n")
    return line
  }
}
