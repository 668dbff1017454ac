"""Build the dataset of the present edition: once, or as a service after each publication."""

from django.utils.translation import gettext as _

from timeline.dataset import build, storage
from timeline.running.service import Service


class Command(Service):
    """Does nothing while the present edition has its file."""

    help = (
        "Writes everything public as one zip file for download, once an edition. Run it after publishing, or with "
        "--every 300 as a service under a supervisor: it outlives restarts of the database and stops on SIGTERM."
    )

    def run(self) -> str:
        """Build what is due, and delete the files of what was withdrawn."""
        try:
            if not build.is_due():
                with storage.alone() as folder:
                    storage.sweep(folder)
                return ""
            found = build.build()
        except (storage.BusyError, storage.WithdrawnMeanwhileError, OSError) as error:
            message = _("The dataset was not built: %s") % error
            self.stderr.write(message)
            return message
        said = {"version": found.version, "entries": found.entries, "file": storage.file_of(found)}
        self.stdout.write(_("Edition %(version)d, %(entries)d entries: %(file)s") % said)
        return ""
