// What the sample data is made of.
extension SampleData {
  static let firstParts = [
    "Hal", "Nord", "Sten", "Lin", "Berg", "Wes", "Ost", "Kar", "Mol", "Fen", "Gran", "Hol", "Ros",
    "Tor", "Vin", "Ash", "Bro", "Cam", "Dal", "El", "Far", "Glen", "Har", "Ing", "Jor", "Kel",
    "Lar", "Mar", "Nes", "Oak", "Pel", "Quin", "Ray", "Sol", "Thor", "Ulm", "Val", "Wil", "Yar",
    "Zan",
  ]
  static let secondParts = [
    "den", "by", "holm", "feld", "wick", "ton", "gard", "berg", "dale", "stad", "mark", "ford",
    "ham", "sund", "vik", "lund", "burg", "bach", "thorpe", "ley", "wood", "stein", "rup", "haven",
    "brook", "moor", "field", "ness", "gate", "worth", "croft", "well", "stow", "cliff", "mere",
    "combe", "hurst", "shaw", "beck", "side",
  ]
  static let forms = [
    "Pumps", "Foods", "Chemicals", "Waterworks", "Brewery", "Paper", "Marine", "Dairy", "Mining",
    "Energy",
  ]
  static let types = ["customer", "prospect", "partner", "former customer"]
  static let industries = [
    "water supply", "food processing", "pulp and paper", "shipbuilding", "pharmaceuticals",
    "mining", "energy", "brewing",
  ]
  static let segments = ["key account", "mid market", "small business"]
  static let territories = ["north coast", "south basin", "eastern hills", "western isles"]
  static let needs = [
    "Stainless housings only", "ATEX zone 1 certificate", "Spare parts within two days",
    "Documents in two languages",
  ]
  static let terms = ["30 days net", "pays on delivery", "framework contract", "yearly tender"]
  static let subjects = [
    "Runs two lines around the clock and", "Family-owned in the third generation, it",
    "Decides on purchases every quarter and", "Moved its maintenance to a contractor and",
    "Has doubled its capacity since spring and",
  ]
  static let predicates = [
    "plans to replace the old feed pumps", "wants one supplier for all its sites",
    "asks for a service contract", "compares three offers before it orders",
    "has been loyal through two price rises",
  ]
  static let givenNames = [
    "Ada", "Ben", "Carla", "David", "Elif", "Frank", "Greta", "Hamid", "Ines", "Jonas", "Karin",
    "Luca", "Mona", "Nils", "Olga", "Pavel", "Rosa", "Sven", "Tara", "Umut",
  ]
  static let familyNames = [
    "Abel", "Berger", "Conti", "Dahl", "Egger", "Fuchs", "Gruber", "Hansen", "Ivanova", "Jensen",
    "Keller", "Lange", "Meyer", "Novak", "Olsen", "Petit", "Richter", "Sato", "Toth", "Vogel",
  ]
  static let jobTitles = [
    "Head of Purchasing", "Plant Manager", "Maintenance Engineer", "Managing Director", "Buyer",
  ]
  static let categories = ["Feed pump", "Dosing pump", "Valve", "Seal kit", "Controller"]
  static let nextActions = ["call back", "send the offer", "visit the plant", "check credit", ""]
}
