"""The adults whom one account stands for, and who of them acts."""
