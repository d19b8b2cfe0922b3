import CRDTCore

/// Three words that stand for a node's key, for two people to compare on the phone: `amber falcon tide`.
///
/// 24 bits: enough to tell the nodes of a company apart, not to withstand somebody who searches for a
/// key with the same words; the code and the roster pin the whole key.
enum KeyWords {
  /// The words of a key's fingerprint, one for each of its first three bytes.
  static func words(of fingerprint: [UInt8]) -> String {
    fingerprint.prefix(3).map { String(all[Int($0)]) }.joined(separator: " ")
  }

  /// A word for every byte.
  ///
  /// Any two differ in two letters at least, so that a slip of the ear is not taken for another key.
  private static let all = """
    acorn actor agent alarm album almond amber anchor anvil apple apron arch arrow aspen atlas
    autumn badge bagel bamboo banjo barrel basil basket beacon beaver bench bicycle bishop blanket
    blossom bottle bridge bronze bucket buffalo butter button cabin cactus camel camera candle
    canoe canyon captain carbon carpet castle cedar cello cherry chess chimney cinema circus
    clover coffee comet compass copper coral cotton cousin cradle crystal curtain cymbal daisy
    dancer delta desert diamond dolphin donkey dragon drummer eagle easel echo elbow emerald
    engine envelope falcon feather fennel ferry fiddle flannel flint flute forest fossil fountain
    fox galaxy garden garlic gecko ginger glacier glove goblet granite grape guitar hammer harbor
    harvest hazel hedge helmet heron hiker honey hotel iceberg igloo indigo island ivory jacket
    jaguar jasmine jelly jersey jungle juniper kayak kernel kettle kiwi ladder lagoon lantern
    laurel lemon leopard lettuce lilac linen lobster lotus lumber magnet mango maple marble market
    meadow melon mercury meteor mirror mitten moose mosaic muffin museum mustard napkin nectar
    needle nickel noodle nutmeg oasis ocean olive onion orange orchid otter oyster pagoda palace
    panther papaya parrot pastel pebble pelican pencil pepper piano pigeon pilot pinecone planet
    plum pocket poem pony potato prairie puzzle quartz quiet quiver rabbit radish rainbow raven
    ribbon river robin rosette saddle saffron salmon sandal satin scarf seven shadow shovel silver
    sister spider spring squash statue summer sunset swan tailor teapot temple thunder thyme tide
    tiger timber tomato tractor trumpet tulip tunnel turtle umbrella valley vanilla velvet violin
    volcano voyage waffle walnut walrus whistle willow window winter wizard yogurt zebra
    """.split { $0 == " " || $0 == "\n" }
}
