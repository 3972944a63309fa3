"""The appraisal: scorecards filled from the totals of a period, with what was observed, rated and adjusted beside."""
