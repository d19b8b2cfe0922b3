import ArgumentParser
import SimulationKit

@main
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Runs simulated workspaces.")
}
