/// What can be settled for a whole workspace.
///
/// The table of every key: each is a record of the kind `setting` whose id is derived from the key, so
/// a key's name is part of the format and is never changed.
package enum SettingKey: String, CaseIterable, Sendable {
  case workspace
  case currency
  case fiscalYearStart = "fiscal_year.start"
  case timeZone = "time_zone"
  case phoneCountry = "phone.country"
  case companyName = "company.name"
  case companyLegalName = "company.legal_name"
  case companyTaxID = "company.tax_id"
  case companyAddress = "company.address"
  case companyEmail = "company.email"
  case companyPhone = "company.phone"
  case companyWeb = "company.web"
  case companyBank = "company.bank"
  case companyIBAN = "company.iban"
  case companyBIC = "company.bic"
  case workingDays = "working.days"
  case workingHours = "working.hours"
  case quotePreparation = "sla.quote_preparation"
  case quoteApproval = "sla.quote_approval"
  case largeQuote = "sla.large_quote"
  case largeQuotePreparation = "sla.large_quote_preparation"
  case largeQuoteApproval = "sla.large_quote_approval"
  case leadResponse = "sla.lead_response"
  case caseResponse = "sla.case_response"
  case urgentCaseResponse = "sla.urgent_case_response"
  case staleAccounts = "stale.accounts"
  case staleContacts = "stale.contacts"
  case automaticCustomers = "customer.automatic"
  case leadGradeA = "lead.grade_a"
  case leadGradeB = "lead.grade_b"
  case leadGradeC = "lead.grade_c"
  case leadQualified = "lead.qualified"
  case leadNurtureRounds = "lead.nurture_rounds"
  case followUp = "won.follow_up"
  case orderSteps = "order.steps"

  /// The key of a name; spaces and hyphens stand for `_`, and case does not matter.
  ///
  /// - Throws: ``SettingError/unknownKey(_:closest:)``.
  package init(named name: String) throws(SettingError) {
    guard let key = SettingKey(rawValue: FieldName.normalized(name)) else {
      let names = Self.allCases.map(\.rawValue)
      throw .unknownKey(name, closest: ClosestName.of(FieldName.normalized(name), among: names))
    }
    self = key
  }

  /// What its value may be.
  package var format: SettingFormat {
    switch self {
    case .workspace, .companyName, .companyLegalName, .companyTaxID, .companyAddress, .companyBank:
      .text
    case .currency: .currency
    case .fiscalYearStart: .month
    case .timeZone: .timeZone
    case .phoneCountry: .callingCode
    case .companyEmail: .form(.email)
    case .companyPhone: .form(.phone)
    case .companyWeb: .form(.web)
    case .companyIBAN: .iban
    case .companyBIC: .bic
    case .workingDays: .form(.weekdays)
    case .workingHours: .form(.hoursOfDay)
    case .largeQuote: .amount
    case .quotePreparation, .quoteApproval, .largeQuotePreparation, .largeQuoteApproval,
      .leadResponse, .caseResponse, .urgentCaseResponse:
      .count(1...2_000, unit: "working hours")
    case .staleAccounts, .staleContacts: .count(1...120, unit: "months")
    case .automaticCustomers: .flag
    case .leadGradeA, .leadGradeB, .leadGradeC, .leadQualified: .count(0...100, unit: "points")
    case .leadNurtureRounds: .count(0...100, unit: "times")
    case .followUp: .followUp
    case .orderSteps: .steps
    }
  }

  /// What holds until somebody settles it; `nil` where nothing does.
  package var usual: String? {
    switch self {
    case .currency: "EUR"
    case .fiscalYearStart: "1"
    case .timeZone: "UTC"
    case .workingDays: "mon tue wed thu fri"
    case .workingHours: "09:00-17:00"
    case .quotePreparation, .quoteApproval: "16"
    case .largeQuotePreparation, .largeQuoteApproval: "40"
    case .leadResponse, .caseResponse: "8"
    case .urgentCaseResponse: "2"
    case .staleAccounts: "12"
    case .staleContacts: "6"
    case .automaticCustomers: "yes"
    case .leadGradeA: "80"
    case .leadGradeB: "60"
    case .leadGradeC: "40"
    case .leadQualified: "75"
    case .leadNurtureRounds: "1"
    case .workspace, .phoneCountry, .companyName, .companyLegalName, .companyTaxID,
      .companyAddress, .companyEmail, .companyPhone, .companyWeb, .companyBank, .companyIBAN,
      .companyBIC, .largeQuote, .followUp, .orderSteps:
      nil
    }
  }

  /// One sentence on what it settles.
  package var meaning: String {
    switch self {
    case .workspace: "What the workspace is called."
    case .currency: "The currency that amounts are in that name none, and that reports add up in."
    case .fiscalYearStart: "The month in which the fiscal year begins."
    case .timeZone: "Where the company's clock stands."
    case .phoneCountry: "The country code put before telephone numbers that begin with one 0."
    case .companyName: "What we are called on documents."
    case .companyLegalName: "What the register calls us."
    case .companyTaxID: "Our tax or VAT number."
    case .companyAddress: "Where we are."
    case .companyEmail: "The e-mail address on documents."
    case .companyPhone: "The telephone number on documents."
    case .companyWeb: "The web site on documents."
    case .companyBank: "The bank that customers pay to."
    case .companyIBAN: "The account that customers pay to."
    case .companyBIC: "The bank's identifier."
    case .workingDays: "The days on which people work."
    case .workingHours: "The hours in which people work."
    case .quotePreparation: "How soon a quote is prepared."
    case .quoteApproval: "How soon a quote is approved."
    case .largeQuote: "From what amount a quote counts as large."
    case .largeQuotePreparation: "How soon a large quote is prepared."
    case .largeQuoteApproval: "How soon a large quote is approved."
    case .leadResponse: "How soon a new lead hears from us."
    case .caseResponse: "How soon a customer with a request hears from us."
    case .urgentCaseResponse: "How soon, if the request has the priority high or urgent."
    case .staleAccounts: "How long an account's data hold without being confirmed."
    case .staleContacts: "How long a contact's data hold without being confirmed."
    case .automaticCustomers: "Whether the first won deal makes an account a customer."
    case .leadGradeA: "From what score a lead is an A."
    case .leadGradeB: "From what score a lead is a B."
    case .leadGradeC: "From what score a lead is a C; below, it is a D."
    case .leadQualified:
      "From what BANT score a lead is qualified: 25 for each of the four that is a yes."
    case .leadNurtureRounds: "How often a lead is nurtured before it is archived for good."
    case .followUp: "The tasks that follow of a won deal, each with its days and title."
    case .orderSteps: "What has to be done with a new order, each with who does it."
    }
  }
}
