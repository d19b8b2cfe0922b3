/// A process that ships with the program, to be taken over and changed.
package struct ProcessTemplate: Sendable {
  /// A stage of a template.
  package struct Stage: Sendable {
    package let name: String
    package let kind: DealStages.Kind
    package let phase: DealStages.Phase
    /// The chance of winning, in percent.
    package let probability: Int64
    var description: String?
    var patienceDays: Int64?
    var criteria: [Criterion] = []
    /// The names of the stages that its deals may go to, where not anywhere.
    var movesTo: [String] = []
    /// After how many days a lead that comes in is followed up.
    var followUpDays: [Int64] = []

    static func open(
      _ name: String, _ probability: Int64, _ phase: DealStages.Phase = .opportunity,
      _ description: String? = nil, criteria: [Criterion] = [], movesTo: [String] = [],
      followUpDays: [Int64] = []
    ) -> Self {
      Self(
        name: name, kind: .open, phase: phase, probability: probability, description: description,
        criteria: criteria, movesTo: movesTo, followUpDays: followUpDays)
    }

    static func end(
      _ name: String, _ kind: DealStages.Kind, _ phase: DealStages.Phase = .opportunity,
      _ description: String? = nil, criteria: [Criterion] = []
    ) -> Self {
      Self(
        name: name, kind: kind, phase: phase, probability: kind == .won ? 100 : 0,
        description: description, criteria: criteria)
    }
  }

  /// Something that has to be so before a deal leaves a stage.
  struct Criterion: Sendable {
    let text: String
    /// The field of deals that has to be filled; `nil` where somebody ticks it off.
    var field: String?
  }

  /// What the process is called unless it is given a name.
  package let name: String
  /// What it is for: lead, sales or other.
  package let purpose: String
  /// One sentence on whom it suits.
  package let help: String
  package let stages: [Stage]
  /// Whether deals may only go where their stage says.
  var isStrict: Bool { stages.contains { !$0.movesTo.isEmpty } }

  /// The templates, by name.
  package static let all = [sales, classic, cro, leads, customExample]

  /// What a new workspace begins with.
  static let sales = ProcessTemplate(
    name: "sales", purpose: "sales", help: "Three steps and two ends; what a new workspace has.",
    stages: [
      .open("Prospecting", 10, .lead), .open("Engaging", 50), .end("Won", .won),
      .end("Lost", .lost),
    ])

  /// Six stages from qualification to the purchase order.
  static let classic = ProcessTemplate(
    name: "classic", purpose: "sales", help: "Six stages whose criteria have to be met on the way.",
    stages: [
      .open(
        "Prospecting", 10, .lead,
        "It is not known yet whether there is a budget, whether our offering fits, and whether it is worth the effort.",
        criteria: [
          Criterion(text: "It is judged how well our offering fits", field: "need_fit"),
          Criterion(text: "The cost of going after it is estimated", field: "pursuit_cost"),
          Criterion(text: "It is decided to go after it", field: "pursue"),
        ]),
      .open(
        "Discovery", 30, .opportunity,
        "We find out who decides, what there is to spend, by when, and how the customer buys.",
        criteria: [
          Criterion(text: "Who decides is known", field: "primary_contact"),
          Criterion(text: "The budget is known", field: "budget_known"),
          Criterion(text: "The schedule is known", field: "schedule"),
          Criterion(text: "How the customer buys is known", field: "buying_process"),
        ]),
      .open(
        "Proposal", 50, .opportunity, "The customer has our offer and weighs it.",
        criteria: [Criterion(text: "The customer is willing to negotiate terms")]),
      .open("Negotiation", 80, .opportunity, "Terms are being agreed."),
      .end(
        "Closed won", .won, .opportunity, "The purchase order is in hand and is booked.",
        criteria: [Criterion(text: "There is a purchase order", field: "purchase_order_no")]),
      .end("Closed lost", .lost, .opportunity, "The reason is kept, to learn from it."),
    ])

  /// Seven stages of a contract research organisation; the probabilities are ours.
  static let cro = ProcessTemplate(
    name: "cro", purpose: "sales",
    help: "Seven stages of a research organisation, from enquiry to close.",
    stages: [
      .open("Enquiry", 5, .lead), .open("Qualification", 10, .lead), .open("Needs assessment", 30),
      .open("Quote submitted", 50), .open("Negotiation", 80), .end("Closed won", .won),
      .end("Closed lost", .lost),
    ])

  /// The life of a lead; what is qualified is converted, and goes on in a sales process.
  static let leads = ProcessTemplate(
    name: "leads", purpose: "lead",
    help: "Leads from their arrival to conversion, with care for those that are not ready.",
    stages: [
      .open("New", 5, .lead, movesTo: ["Qualifying", "Nurturing", "Archived"]),
      .open("Qualifying", 10, .lead, movesTo: ["Nurturing", "Archived"]),
      .open(
        "Nurturing", 2, .lead, movesTo: ["Requalifying", "Archived"], followUpDays: [14, 45, 90]),
      .open("Requalifying", 5, .lead, movesTo: ["Nurturing", "Archived"]),
      .end("Archived", .archived, .lead),
    ])

  /// A short process to begin one's own with.
  static let customExample = ProcessTemplate(
    name: "custom-example", purpose: "sales", help: "Six plain stages to begin one's own with.",
    stages: [
      .open("Initial contact", 10, .lead), .open("Discovery", 30), .open("Proposal sent", 50),
      .open("Negotiation", 80), .end("Won customer", .won), .end("Lost to a competitor", .lost),
    ])
}
