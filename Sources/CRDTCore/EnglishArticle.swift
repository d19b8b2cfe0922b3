extension String {
  /// Returns the word behind its indefinite article: `an account`, `a deal`, `a user`.
  ///
  /// It goes by sound as far as letters tell: what begins like "you" or "one" takes `a`.
  public var withArticle: String {
    let word = lowercased()
    let soundsLikeConsonant = ["eu", "one", "uni", "us", "ut"].contains { word.hasPrefix($0) }
    let isVowel = word.first.map { "aeiou".contains($0) } ?? false
    return (isVowel && !soundsLikeConsonant ? "an " : "a ") + self
  }
}
