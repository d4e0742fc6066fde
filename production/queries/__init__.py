"""Questions of production, answered in as few statements as possible."""
