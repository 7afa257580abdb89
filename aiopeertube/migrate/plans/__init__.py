"""What is going to change: whose edit is whose, counts and differences, and plans as files."""
