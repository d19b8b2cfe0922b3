import SyncEngine

/// What a simulated workspace goes through; the seed draws when and where.
package struct Scenario: Hashable, Sendable {
  package let name: String
  /// One sentence on what it is about.
  package let summary: String
  /// Offices, which dial each other in a chain.
  var offices = 2
  /// Representatives, who dial their office.
  var representatives = 3
  var days = 4
  /// How often a user acts in a day.
  var actsPerDay = 18.0
  /// How often a node goes online in a day, and for how many minutes at most.
  var visitsPerDay = 3.0
  var visitMinutesMax = 12
  var weather = SimulatedNetwork.Weather()
  /// How often in all days together each of these strikes some node.
  var kills = 0
  /// Deaths in the middle of an operation on a file.
  var deathsAtWork = 0
  var partitions = 0
  var clockFaults = 0
  var fullDisks = 0
  /// Sessions that all break and come back at once.
  var storms = 0
  /// Nodes that are invited in mid-run.
  var joiners = 0
  /// Stores copied to another machine, where both go on.
  var copies = 0
  /// Stores lost, and an older state put back.
  var restores = 0
  /// Stores copied with the token beside them, so that both go on under one name.
  var twins = 0
  /// Machines put back to an older state, token and all.
  var rollbacks = 0
  /// Entries of an author who tells each node another continuation of one log.
  var equivocations = 0
  /// Programs of three ages, and nodes that get the next one.
  var upgrades = 0
  /// Rules set for fields, by whoever may and whoever may not.
  var ruleChanges = 0
  /// Representatives whose programs mean harm.
  var hostiles = 0
  /// A node that is away for all the days but the last.
  var sleepers = 0

  /// Makes a scenario from a plain one.
  static func named(
    _ name: String, _ summary: String, _ change: (inout Scenario) -> Void = { _ in }
  ) -> Scenario {
    var scenario = Scenario(name: name, summary: summary)
    change(&scenario)
    return scenario
  }

  private init(name: String, summary: String) {
    self.name = name
    self.summary = summary
  }
}

extension Scenario {
  /// Every scenario, in the order in which seeds go through them.
  package static let all: [Scenario] = [
    .named("quiet", "Nothing fails."),
    .named("field", "Representatives offline for days, lines that break, machines that die.") {
      $0.visitsPerDay = 2
      $0.weather.cutPercent = 30
      $0.weather.latency = 20...900
      $0.kills = 4
    },
    .named("lines", "Lines cut at any byte, slow readers, partitions of one direction.") {
      $0.weather.cutPercent = 60
      $0.weather.slowReaderPercent = 30
      $0.weather.latency = 1...3_000
      $0.partitions = 8
      $0.storms = 3
      $0.visitsPerDay = 6
    },
    .named("deaths", "Machines die at any operation on a file, and lose what was not synced.") {
      $0.deathsAtWork = 25
      $0.kills = 5
    },
    .named("clocks", "Clocks years ahead, years behind, stepping and frozen.") {
      $0.clockFaults = 8
    },
    .named("space", "Disks fill up and are cleared again.") { $0.fullDisks = 8 },
    .named("bent", "Frames changed, lost, doubled and cut short by an enemy.") {
      $0.weather.bentPerMille = 120
      $0.joiners = 1
      $0.visitsPerDay = 6
    },
    .named("copies", "Stores copied and both used, and lost stores put back from backups.") {
      $0.copies = 2
      $0.restores = 5
      $0.joiners = 2
      $0.kills = 2
    },
    .named(
      "forks", "Logs that go on in several ways: machines copied whole, rolled back, and a liar."
    ) {
      $0.twins = 2
      $0.rollbacks = 4
      $0.equivocations = 10
      $0.kills = 2
      $0.deathsAtWork = 4
      $0.partitions = 2
      $0.weather.cutPercent = 15
    },
    .named("versions", "Programs of three ages, with kinds and fields that others do not know.") {
      $0.upgrades = 6
      $0.ruleChanges = 4
      $0.kills = 1
    },
    .named("sleeper", "A node that is away for a year.") {
      $0.days = 365
      $0.actsPerDay = 0.5
      $0.visitsPerDay = 0.5
      $0.representatives = 2
      $0.offices = 1
      $0.sleepers = 1
    },
    .named("joins", "Nodes that are let in while all goes on, over lines that are cut.") {
      $0.joiners = 4
      $0.weather.joinCutPercent = 60
      $0.weather.cutPercent = 15
      $0.kills = 3
    },
    .named("rules", "Rules of fields changed on several nodes while people edit and settle.") {
      $0.ruleChanges = 40
      $0.actsPerDay = 30
      $0.kills = 2
    },
    .named("hostile", "A member whose program lies: it withholds, replays, floods and boasts.") {
      $0.hostiles = 1
      $0.visitsPerDay = 6
      $0.kills = 2
    },
    .named("everything", "All of it at once.") {
      $0.weather = SimulatedNetwork.Weather(
        latency: 1...2_000, cutPercent: 30, bentPerMille: 20, slowReaderPercent: 20)
      $0.kills = 3
      $0.deathsAtWork = 8
      $0.partitions = 4
      $0.clockFaults = 4
      $0.ruleChanges = 8
      $0.fullDisks = 3
      $0.storms = 2
      $0.copies = 1
      $0.restores = 1
      $0.joiners = 1
    },
  ]

  package static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}
