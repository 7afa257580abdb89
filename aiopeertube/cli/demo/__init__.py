"""`demo`: what the client is for, shown on embedded servers."""
