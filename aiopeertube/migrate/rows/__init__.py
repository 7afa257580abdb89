"""From the rows of a table to what they want."""
