"""Another e-mail address: asked for by an adult, confirmed with the link that it gets."""
