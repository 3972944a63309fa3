"""The commands of `slawatch`, one file each: they read arguments, call one thing, and show what came of it."""
