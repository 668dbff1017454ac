"""Django's command, which here takes no password that the site would refuse.

Django does not look at the password of ``--noinput``, and offers to go on with a weak one
that was typed.
"""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password


class Strict:
    """The model of users, as far as the command knows it, with a manager that checks the password."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._default_manager = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)

    def __call__(self, **fields: Any) -> Any:
        return self.model(**fields)

    def db_manager(self, database: str) -> "Strict":
        self.manager = self.model._default_manager.db_manager(database)
        return self

    def get_by_natural_key(self, name: str) -> Any:
        return self.manager.get_by_natural_key(name)

    def create_superuser(self, password: str | None, **fields: Any) -> Any:
        """Without a password nobody signs in before `changepassword`; else it must be a good one."""
        if password is not None:
            validate_password(password, self.model(**fields))
        return self.manager.create_superuser(password=password, **fields)


class Command(createsuperuser.Command):
    """Make an administrator."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.UserModel: Any = Strict(self.UserModel)
