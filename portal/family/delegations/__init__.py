"""What parents let others do for their children: given, seen and taken back."""
