"""A topic read again from its first record into one service: what was missed is applied, a replica is written anew."""
