"""The whole file of an adult, to be taken away."""
