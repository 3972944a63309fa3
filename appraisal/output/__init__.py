"""The files that an appraisal is kept in: tables, their manifest, and what is checked against it."""
