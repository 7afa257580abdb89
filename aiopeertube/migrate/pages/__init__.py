"""What the pages of plans and of reports have in common: their frame, their style, and text that stays text."""
