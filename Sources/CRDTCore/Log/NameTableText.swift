/// The words of ``NameTable``, in groups of their addition; append only.
enum NameTableText {
  static let names: [String] =
    first + organisation + pipeline + dealParts + ownFields + leads + days

  /// Those of the fields that workspaces add.
  private static let ownFields: [String] = ["own_field", "required"]

  /// Those of touches, scores and routing.
  private static let leads: [String] = [
    "touch", "campaign", "contact_email", "contact_phone", "routed_by", "follow_up_days",
    "score_rule", "condition", "points", "half_life", "event", "routing_rule", "skill",
  ]

  /// Those of engagements, the calendar and customers' requests.
  private static let days: [String] = [
    "shareable", "amendment", "question", "answer", "open", "commitment", "follow_up", "days",
    "follows", "span", "place", "guests", "exceptions", "uid", "occurrence",
    "event_answer", "who", "case", "opened_at", "response_due", "responded_at", "solved_at",
    "satisfaction", "start", "end", "promised_by", "added_by",
  ]

  /// Those of processes, stages and what deals do in them.
  private static let pipeline: [String] = [
    "exit_criterion", "optional", "moves_to", "stage_visit", "from", "to", "at", "by",
    "override", "unmet", "after", "order", "ordered_on",
  ]

  /// Those of what belongs to deals, and of figures that are kept.
  private static let dealParts: [String] = [
    "credit_share", "percent", "deal_contact", "prospect_line", "quantity", "unit_price",
    "handover_step", "forecast_snapshot", "won", "committed", "best_case", "pipeline", "forecast",
    "quality_check", "checked", "passed", "number_series",
  ]

  /// Those of the first format, the most frequent first: indexes below 64 take one byte.
  private static let first: [String] = [
    "", "name", "account", "contact", "deal", "owner", "stage", "process", "amount", "target_close",
    "number", "labels", "notes", "region", "teams", "status", "type", "industry", "website",
    "billing_address", "shipping_address", "annual_potential", "territory", "segment", "priority",
    "channel", "manager", "external_ids", "archived", "assignees", "close_date", "engaged_on",
    "products", "source", "employees", "founded_year", "parent", "country", "email", "phones",
    "emails", "job_title", "engagement", "task", "product", "user", "label", "subject", "date_time",
    "direction", "due", "title", "completed_at", "price", "code", "category", "description", "unit",
    "stock", "position", "phase", "kind", "probability", "active", "member", "node", "role", "key",
    "address", "team", "support_team", "payment_terms", "billing_frequency", "po_required",
    "invoice_requirements", "requirements", "structure_notes", "profile", "plan", "projects",
    "customer_since", "verified_at", "dunning_block", "escalation_level", "department", "language",
    "time_zone", "roles", "expertise", "channel_preference", "availability",
    "special_requirements", "authorisation_limit", "opted_out", "do_not_call",
    "personal_data_basis", "erase_after", "bounced", "reports_to", "primary_email",
    "primary_phone", "merged_into", "links", "attachments", "company_text", "contact_text",
    "primary_contact", "contact_roles", "amount_follows_quote", "probability_override",
    "probability_pinned", "next_action", "next_action_on", "need_fit", "budget_known", "budget",
    "schedule", "buying_process", "bant_budget", "bant_authority", "bant_need", "bant_timeline",
    "pursuit_cost", "pursue", "exit_items", "competitors", "close_reason", "lost_to", "close_note",
    "win_reason", "purchase_order_no", "purchase_order_date", "lessons", "colour",
    "requested_quote_on", "users", "contacts", "duration", "topics", "scope_notes", "budget_notes",
    "decisions", "other_notes", "sentiment", "sentiment_note", "closed", "visits", "about",
    "recurrence", "reminder_offsets", "purpose", "transition_policy", "default", "exit_criteria",
    "patience_days", "order_type", "retired_to", "tax_code", "method", "turnaround_days",
    "quality_criteria", "regulations", "add_ons", "hours_per_unit", "service_line", "series",
    "weekly_hours", "skills", "public_key", "picklist", "list", "option", "retired", "members",
    "rule", "owner_team", "street", "city", "postal_code", "state", "prefix", "given", "family",
    "suffix", "user_name", "tag", "dismissal", "conflict", "currency", "setting", "value",
    "revenue", "subsidiary_of", "office_location", "created_by", "lifecycle", "deals", "nodes",
    "reason", "conflict_handling", "deferred_until", "saved_view", "command_alias", "command",
    "conflict_policy", "field", "stands_for",
  ]

  /// Those of set-up, accounts and contacts.
  private static let organisation: [String] = [
    "rate", "counter_currency", "date", "countries", "postal_codes", "industries",
    "working_days", "working_hours", "holidays", "project", "service_type", "client_type",
    "business_unit", "starts_on", "ends_on", "due_days", "month_end", "discount_percent",
    "discount_days", "tax", "valid_from", "quota", "period", "policy", "text", "preference",
  ]
}
