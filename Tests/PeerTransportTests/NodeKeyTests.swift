import CRDTCore
import Foundation
import PeerTransport
import Testing

@Suite("NodeKey")
struct NodeKeyTests {
  @Test("what a key signs, its public half accepts, and nothing else")
  func signing() {
    let key = NodeKey.generate()
    let signature = key.signature(for: [1, 2, 3])
    #expect(signature.count == 64)
    #expect(key.publicKey.isValid(signature: signature, for: [1, 2, 3]))
    #expect(!key.publicKey.isValid(signature: signature, for: [1, 2, 4]))
    #expect(!NodeKey.generate().publicKey.isValid(signature: signature, for: [1, 2, 3]))
  }

  @Test("a key read back from its file is the same key")
  func roundTrip() throws {
    try withScratchFolder { folder in
      let path = folder + "/a.key"
      let key = NodeKey.generate()
      try key.save(to: path)
      #expect(try NodeKey.load(from: path).publicKey == key.publicKey)
    }
  }

  @Test("the file is for its owner only, and nothing else is left beside it")
  func fileMode() throws {
    try withScratchFolder { folder in
      try NodeKey.generate().save(to: folder + "/a.key")
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/a.key")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(attributes[.referenceCount] as? Int == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.key"])
    }
  }

  @Test("a key is never replaced")
  func noReplacement() throws {
    try withScratchFolder { folder in
      let path = folder + "/a.key"
      let key = NodeKey.generate()
      try key.save(to: path)
      #expect(throws: NodeKeyFileError.alreadyExists(path: path)) {
        try NodeKey.generate().save(to: path)
      }
      #expect(try NodeKey.load(from: path).publicKey == key.publicKey)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.key"])
    }
  }

  @Test(
    "a file that others may read or change is refused", arguments: [0o640, 0o604, 0o620, 0o601])
  func exposedFile(mode: Int) throws {
    try withScratchFolder { folder in
      let path = folder + "/a.key"
      try NodeKey.generate().save(to: path)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      #expect(throws: NodeKeyFileError.exposed(path: path, mode: UInt32(mode))) {
        try NodeKey.load(from: path)
      }
    }
  }

  @Test("a missing file is told apart from one that holds no key")
  func unusableFile() throws {
    try withScratchFolder { folder in
      let path = folder + "/a.key"
      #expect(throws: NodeKeyFileError.missing(path: path)) { try NodeKey.load(from: path) }
      for content in ["", "not a key", "-----BEGIN PRIVATE KEY-----\n"] {
        let isCreated = FileManager.default.createFile(
          atPath: path, contents: Data(content.utf8), attributes: [.posixPermissions: 0o600])
        try #require(isCreated)
        #expect(throws: NodeKeyFileError.damaged(path: path)) { try NodeKey.load(from: path) }
      }
      #expect(throws: NodeKeyFileError.damaged(path: folder)) { try NodeKey.load(from: folder) }
    }
  }

  @Test("a folder that is not there is an error of writing")
  func unwritable() throws {
    try withScratchFolder { folder in
      let path = folder + "/missing/a.key"
      #expect(throws: NodeKeyFileError.unwritable(path: path, reason: "No such file or directory"))
      {
        try NodeKey.generate().save(to: path)
      }
    }
  }

  /// The kernel kills the process once its file is 40 bytes long, in the middle of the key.
  @Test("a process killed while it saves leaves no key, and the next one can save")
  func crash() async throws {
    let folder = try makeScratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.key"
    await #expect(processExitsWith: .signal(SIGXFSZ)) { [path = path as String] in
      var blocked = sigset_t()
      sigemptyset(&blocked)
      pthread_sigmask(SIG_SETMASK, &blocked, nil)
      var limit = rlimit(rlim_cur: 40, rlim_max: 40)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      try NodeKey.generate().save(to: path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1, "the draft")
    #expect(throws: NodeKeyFileError.missing(path: path)) { try NodeKey.load(from: path) }
    let key = NodeKey.generate()
    try key.save(to: path)
    #expect(try NodeKey.load(from: path).publicKey == key.publicKey)
  }

  /// As above, but the process lives on and sees the write fail.
  @Test("a save that fails midway leaves nothing at all")
  func failure() async throws {
    let folder = try makeScratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .success) { [path = folder + "/a.key" as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 40, rlim_max: 40)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #expect(throws: NodeKeyFileError.unwritable(path: path, reason: "File too large")) {
        try NodeKey.generate().save(to: path)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test("the certificate names nobody, serves both sides and does not expire")
  func certificate() async throws {
    try await withScratchFolder { folder in
      let path = folder + "/certificate.der"
      try Data(NodeKey.generate().certificateBytes()).write(to: URL(fileURLWithPath: path))
      let text = try await OpenSSL.run(["x509", "-inform", "DER", "-in", path, "-noout", "-text"])
      for line in [
        "Issuer: CN = kith node", "Subject: CN = kith node", "Not Before: Jan  1 00:00:00 1970 GMT",
        "Not After : Dec 31 23:59:59 9999 GMT", "NIST CURVE: P-256",
        "TLS Web Server Authentication, TLS Web Client Authentication",
      ] {
        #expect(text.contains(line))
      }
    }
  }
}
