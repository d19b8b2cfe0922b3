import TestSupport

/// Lines between nodes: slow, blocked one way, cut at any byte, or bent by an enemy.
final class SimulatedNetwork {
  /// What may happen to the links that are made now.
  struct Weather: Hashable, Sendable {
    /// How long bytes are under way, in milliseconds.
    var latency = 1...40
    /// How many links in a hundred are cut before they end by themselves.
    var cutPercent = 0
    /// The same of links over which a node asks to be let in.
    var joinCutPercent = 0
    /// How many frames in a thousand are bent: changed, lost, doubled or swapped.
    var bentPerMille = 0
    /// How many ends in a hundred read slowly.
    var slowReaderPercent = 0
  }

  /// Bytes go from one node to another.
  struct Direction: Hashable, Sendable {
    let from: String
    let to: String
  }

  var weather = Weather()
  /// The directions in which nothing arrives.
  var blocked: Set<Direction> = []
  private(set) var links: [SimulatedLink] = []
  let simulator: Simulator
  /// Draws what happens on the lines.
  var random: SplitMix64
  /// Called with the kind of each fault that strikes a line.
  var onFault: (String) -> Void = { _ in }

  init(_ simulator: Simulator, random: SplitMix64) {
    self.simulator = simulator
    self.random = random
  }

  /// Makes a link between two nodes, one of which asks to be let in, or not.
  func link(_ one: SimulatedNode, _ two: SimulatedNode, isJoining: Bool) -> SimulatedLink {
    for link in links where link.isOver { link.forget() }
    links.removeAll { $0.isOver }
    var weather = weather
    if isJoining {
      weather.cutPercent = weather.joinCutPercent
      // Whom a node has been invited by it has to trust: nobody else could tell it where it is.
      weather.bentPerMille = 0
    }
    let link = SimulatedLink(one, two, on: self, in: weather)
    links.append(link)
    return link
  }

  /// Lets bytes through again.
  func unblock(_ directions: Set<Direction>) {
    blocked.subtract(directions)
    for link in links { link.deliverHeld() }
  }

  /// Ends every link of a node; the other sides hear of it, or not.
  func cutLinks(of node: SimulatedNode, audibly: Bool) {
    for link in links where link.isOpen && link.joins(node) { link.cut(audibly: audibly) }
  }

  /// Lets go of every link.
  func forget() {
    for link in links { link.forget() }
    links = []
  }
}
