import CRDTCore

/// A command about processes, stages or deals that cannot do what it was told.
enum DealError: Error, Hashable, Sendable {
  case processExists(String)
  case noSuchProcess(String, names: [String])
  case noSuchStage(String, process: String, names: [String])
  case stageExists(String, process: String)
  case sameStage(String)
}

extension DealError: NodeError {
  var exitCode: Int32 {
    switch self {
    case .noSuchProcess, .noSuchStage: ExitCode.noSuchRecord.rawValue
    case .processExists, .stageExists, .sameStage: ExitCode.refused.rawValue
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
    }
  }

  var hint: String? {
    switch self {
    case .processExists: "See it with `process show`, or choose another name."
    case .noSuchProcess(_, let names), .noSuchStage(_, _, let names):
      names.isEmpty ? "Make one first." : "There are \(names.joined(separator: ", "))."
    case .stageExists: "Choose another name, or change that one with `edit`."
    case .sameStage: "Name another stage."
    }
  }
}
