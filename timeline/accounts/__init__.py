"""Accounts: who may sign in, and how often somebody may try.

tries             wrong passwords and codes, counted in the database; the lock
backend           checks a password, as Django does, and counts the try
forms             Wagtail's form that asks for a letter with a link to a new password, counted too
views, urls       its page that asks for the password of a page, counted too
second_factor/    beside the password a code of an authenticator app
idle              ends a session twelve hours after it was last used
checks            what `check --deploy` says about proxies
"""
