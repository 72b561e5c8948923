"""What agents do with requests: take one, decide it, and do the task that follows."""
