"""Days booked and given back."""
