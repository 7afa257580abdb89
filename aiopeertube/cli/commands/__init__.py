"""The commands, a file each, or one for those that share options."""
