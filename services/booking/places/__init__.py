"""Places of the day's pools, and where a child is: what is locked before anything is booked, given back or marked."""
