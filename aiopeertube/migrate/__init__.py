"""Mass edits of metadata: sources, plan, apply, verify, roll back, over one journal."""
