"""Edits by rule: conditions, patterns, and functions of the user's own."""
