"""The rows that a merge of two files writes."""
