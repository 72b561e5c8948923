"""What a service keeps: its database, migrations, and the answers it gave before."""
