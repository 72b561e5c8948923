"""People: adults and children, as each household's file names them."""
