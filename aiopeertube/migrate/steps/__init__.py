"""The steps of a job, from an input to what came of it: planning, applying, proving."""
