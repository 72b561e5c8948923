"""All that billing reaches outside: the payment provider, the PDF compiler."""
