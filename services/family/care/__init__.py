"""What leaves this service about a child in care: sealed for the one service that shows it on site, and for nobody else."""
