// The board's words in English. What has no word here stands for itself.
export const WORDS = {
  // whose figures
  all: "All tickets", team: "team", priority: "priority", channel: "channel", tier: "tier", agent: "person",
  figures_of: "figures: {scope}", lists_of: "lists: {lists}",
  // views
  overview: "Overview", deadlines: "Deadlines", heat: "Heat", trend: "Trend", budget: "Budget",
  // figures
  open: "Open", unassigned: "Unassigned", waiting: "Waiting", at_risk: "At risk", breached: "Breached", oldest_open: "Oldest open",
  created: "Created", first_responses: "First responses", solved: "Solved", reopened: "Reopened", escalated: "Escalated",
  closed: "Closed", cancelled: "Cancelled", count: "measured", met: "in time", attainment: "in time",
  mean_s: "mean", p50_s: "median", p90_s: "90 % within", p95_s: "95 % within", max_s: "longest",
  sla: "SLA", sla_attainment: "In time", assignment: "Assignment", first_response: "First response",
  next_response: "Next response", update: "Update", resolution: "Resolution", csat: "Satisfaction", mean_pct: "mean",
  satisfied_rate: "satisfied", fcr_rate: "Solved at first contact", reopen_rate: "Reopened, share",
  escalation_rate: "Escalated, share", weighted_solved: "Solved, weighted", live: "now", month: "this month", today: "today",
  left: "left", burn: "burn", "5m": "5 min", "30m": "30 min", "1h": "1 h", "6h": "6 h", "24h": "24 h",
  day: "today", quarter: "this quarter", half: "this half-year", year: "this year",
  // tiles
  last_week: "last week {value}", last_week_long: "the same time last week", target: "target {value}",
  amber: "watch", red: "act", age: "{age} old", none_open: "no ticket is open",
  points: "{value} / 100",
  // deadlines
  next_deadlines: "Next deadlines", overdue: "Overdue", ahead: "Next", ticket: "ticket", assignee: "assignee",
  due: "due", nobody: "nobody", paused: "paused", over: "over", no_deadlines: "No deadline ahead.", no_overdue: "Nothing is overdue.",
  no_paused: "No warned clock is paused.", paused_clocks: "Paused",
  // heat
  teams: "Team × priority", heat_hint: "open · ▲ at risk · ◆ breached", heat_hint_more: "% in time today", all_teams: "all", more_teams: "and {count} more",
  no_teams: "No team has a ticket yet.",
  // trend
  day_line: "Created and solved today", created_sum: "created", solved_sum: "solved", last_week_line: "last week",
  open_line: "Open today", windows: "Figures by window", no_trend: "No line is kept for {scope}: choose a team or a priority.",
  no_day: "No tickets today yet.",
  // budget
  objectives: "Objectives and what they still allow", no_objectives: "The policy book names no objective for {scope}.",
  of_target: "in time, {target} promised", allowed_left: "{left} of {allowed} allowed breaches left",
  overspent: "{over} breaches more than allowed", burn_rate: "burn rate", too_few: "fewer than {minimum} decided: not judged yet",
  days: "budget left, day by day",
  // burning
  burning: "P0 without an answer", burning_more: "Also burning", answer_by: "answer due {time}", overdue_since: "overdue since {time}",
  acknowledged: "acknowledged by {name}", not_acknowledged: "not acknowledged", burning_of: "{count} P0 tickets are burning",
  no_team: "no team",
  // freshness
  fresh: "live", stale: "STALE", as_of: "as of {time}", waiting_for: "waiting for data", no_worker: "no worker has reported",
  no_beat: "a worker is silent", lag: "the stream lags behind", no_redis: "Redis is away", silence: "no connection to the server",
  empty: "The desk is empty: no ticket is open.", no_data: "No data yet.",
  no_data_scope: "No data for {scope}: is the name written as on the tickets?",
};
