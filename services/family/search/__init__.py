"""Finding a file by whatever somebody says at the counter."""
