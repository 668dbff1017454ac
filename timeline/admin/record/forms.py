"""The form of a record that readers see only while it keeps rules of its own."""

from timeline.admin.duplicates import RecordForm


class RuledForm(RecordForm):
    """Asks the record, with all its rows, what keeps it from readers, and says it above the form."""

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if valid and not self.existing:
            for sentence in self.save(commit=False).problems():
                self.add_error(None, sentence)
        return valid and not self.errors
