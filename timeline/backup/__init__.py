"""Backup and restore: the site's database, uploads and datasets as one file, and back.

errors       why there is no backup, or no restore
archive      the file: a tar with a manifest, members and their checksums, encrypted when keys are set
database     pg_dump and psql of the right version, and what is asked of the database beside
make         writes a backup while the site runs
keep         which older backups go
restore      refuses what is not whole and ours, and brings the rest back

DECISIONS 115 says why.
"""
