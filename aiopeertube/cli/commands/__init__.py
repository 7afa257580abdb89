"""The commands, one file each, or one for those that share their options."""
