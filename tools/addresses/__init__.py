"""The town's copy of the national address base, for operators."""
