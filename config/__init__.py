"""How the site is set up: settings, database, addresses, WSGI."""
