"""What is mailed about requests, and to whom: who may read one on the day that something becomes of it."""
