import CRDTCore
import Testing

@Suite("Indefinite articles")
struct EnglishArticleTests {
  @Test(
    "an article goes by the sound of the word",
    arguments: [
      ("account", "an account"), ("engagement", "an engagement"), ("invoice", "an invoice"),
      ("order", "an order"), ("deal", "a deal"), ("user", "a user"), ("unit", "a unit"),
      ("upgrade", "an upgrade"), ("one-off", "a one-off"), ("", "a "),
    ])
  func articles(word: String, phrase: String) {
    #expect(word.withArticle == phrase)
  }
}
