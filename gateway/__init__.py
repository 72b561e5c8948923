"""The gateway: it composes what services answer, holds the browser session, and decides nothing."""
