"""Why there is no backup, or no restore: each error is a sentence for the operator."""


class BackupError(Exception):
    """Nothing was written or changed; the text says why and what to do."""


class RefusedError(BackupError):
    """A file that is not restored: cut, altered, foreign, of newer code, or locked with another key."""
