"""The portal: what families and agents see, rendered on the server and usable without JavaScript."""
