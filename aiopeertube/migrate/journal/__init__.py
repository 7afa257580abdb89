"""What a job wants, has begun and has done, in a file that survives being killed."""
