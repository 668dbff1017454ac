"""The set-up of the site: settings, database, addresses, WSGI."""
