"""The closings of a sheet: what they publish, and take back."""
