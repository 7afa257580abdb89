"""What the emulated server keeps and knows."""
