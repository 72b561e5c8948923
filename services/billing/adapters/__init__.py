"""All that billing reaches outside: the payment provider."""
