"""What services tell one another: outbox and relay on the way out, consumer and inbox on the way in."""
