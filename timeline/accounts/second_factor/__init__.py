"""Second factor: beside the password a code of an authenticator app (TOTP), or one of ten recovery codes.

state       who has one, who must, and which sessions have shown it
codes       set up, checked, renewed, removed
gate        a session that owes a code is nobody's: every address answers it as a stranger
pages       ask for the code, set it up, show recovery codes
panel, log  the way to it in the account settings; its changes in Wagtail's log

django-otp knows how codes are made and takes each once. DECISIONS 114.
"""
