"""What is known of a video: its fields, the values and words that they have, and what is sent of them."""
