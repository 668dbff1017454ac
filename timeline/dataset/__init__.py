"""The dataset: everything public as one file to keep, built after publishing, kept by edition.

words      the file's own papers: README with the data dictionary, datapackage.json, LICENCE, VERSION
build      writes the file, a few rows at a time
storage    the files that are kept, newest first
shared     the same in an object store, for other machines
receivers  deletes the files of those that are withdrawn
whole      the answers to no question in the long formats, made with it
ranges     files sent whole or in part
page       their page and their addresses

A file is made from the tables of ``formats.tables`` and the documents that the API gives, in
one snapshot of the database; the same edition makes the same bytes. Nothing here runs in a
request but ``page`` and ``whole``, which read what storage has.

DECISIONS 89, 112 and 141 say why.
"""

from .receivers import connect

__all__ = ["connect"]
