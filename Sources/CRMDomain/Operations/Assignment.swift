/// What a person or a file says about one field.
package struct Assignment: Hashable, Sendable {
  /// How the values meet what is there.
  package enum Operation: String, Hashable, Sendable {
    /// The field is to be these; no value clears it.
    case set = "="
    /// They join a set, are added to a counter, or are appended to a long text.
    case add = "+="
    /// They leave a set, or are taken from a counter.
    case remove = "-="
  }

  /// Which field, or part of one; follows no references.
  package let path: FieldPath
  /// How the values meet what is there.
  package let operation: Operation
  /// One value, or the elements of a set, or none.
  package let operands: [Operand]

  package init(_ path: FieldPath, _ operation: Operation, _ operands: [Operand]) {
    self.path = path
    self.operation = operation
    self.operands = operands
  }

  /// Reads the left side as a person types it: `amount`, `close`, `billing_address.city`.
  ///
  /// - Throws: ``FieldPathError``.
  package init(
    _ words: String, _ operation: Operation, _ operands: [Operand], of entity: Entity,
    in catalog: EntityCatalog
  ) throws(FieldPathError) {
    let names = words.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let path = try FieldPath(names, from: entity, in: catalog)
    if let reference = path.references.first {
      throw .leadsNowhere(field: reference.name, next: path.field.name)
    }
    self.init(path, operation, operands)
  }
}
