import ArgumentParser
import CommandShell
import NodeRuntime
@main struct Kith { static func main() {} }
