"""From a checked request to its answer: access, validation, edits, and how what is stored is shown."""
