import CRDTCore

/// A command about processes, stages or deals that cannot do what it was told.
enum DealError: Error, Hashable, Sendable {
  case processExists(String)
  case noSuchProcess(String, names: [String])
  case noSuchStage(String, process: String, names: [String])
  case stageExists(String, process: String)
  case sameStage(String)
  case ruleExists(String)
  /// A routing rule that could find nobody.
  case ruleLacks(String, field: String)
  case sameRule(String)
  /// A lead of a process that keeps none warm.
  case noNurturing(String)
  case noArchive(String)
  case noLead(String)
}

extension DealError: NodeError {
  var exitCode: Int32 {
    switch self {
    case .noSuchProcess, .noSuchStage: ExitCode.noSuchRecord.rawValue
    case .processExists, .stageExists, .sameStage, .ruleExists, .ruleLacks, .sameRule,
      .noNurturing, .noArchive, .noLead:
      ExitCode.refused.rawValue
    }
  }

  var summary: String {
    switch self {
    case .processExists(let name): "There is a process “\(name)” already."
    case .noSuchProcess(let name, _): "There is no process “\(name)”."
    case .noSuchStage(let name, let process, _): "The process \(process) has no stage “\(name)”."
    case .stageExists(let name, let process):
      "The process \(process) has a stage “\(name)” already."
    case .sameStage(let name): "“\(name)” cannot stand beside or take the place of itself."
    case .ruleExists(let name): "There is a rule “\(name)” already."
    case .ruleLacks(let method, let field): "A rule by \(method) needs \(field)=…."
    case .sameRule(let name): "The rule “\(name)” cannot stand beside itself."
    case .noNurturing(let name): "The process of \(name) has no stage that keeps leads warm."
    case .noArchive(let name): "The process of \(name) has no stage for what is given up."
    case .noLead(let name): "\(name) is no open lead."
    }
  }

  var hint: String? {
    switch self {
    case .processExists: "See it with `process show`, or choose another name."
    case .noSuchProcess(_, let names), .noSuchStage(_, _, let names):
      names.isEmpty ? "Make one first." : "There are \(names.joined(separator: ", "))."
    case .stageExists: "Choose another name, or change that one with `edit`."
    case .sameStage: "Name another stage."
    case .ruleExists: "Change it with `set`, or choose another name."
    case .ruleLacks(_, let field): "Add \(field)= to the command."
    case .sameRule: "Name another rule."
    case .noNurturing:
      "Say of one after how many days its leads are followed up: follow_up_days=(14,45)."
    case .noArchive: "Make one: stage add NAME kind=archived phase=lead process=PROCESS."
    case .noLead: "See the open ones with `queue`."
    }
  }
}
