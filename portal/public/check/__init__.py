"""Whether a certificate is genuine, for whoever was handed one."""
