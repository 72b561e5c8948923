"""What each booked day costs, from the booking to the invoice; and quotes."""
