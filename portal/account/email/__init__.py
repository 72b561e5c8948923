"""Having another e-mail address, where the town lets families: asked for, awaited, withdrawn."""
