"""Invoice runs: the month is drafted, reviewed, issued."""
