"""A source in seconds: from a pasted address, a pasted text or a file to a filled form."""

from .quoting import quotation_state, quotation_warnings

__all__ = ["quotation_state", "quotation_warnings"]
