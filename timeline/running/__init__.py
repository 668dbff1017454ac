"""Services: what is started again and again beside the site, and whether it is.

service      commands that run once, or again and again under a supervisor
schedule     publishes what is due, once
connections  how many the database gives us, and how many we may want
alphabet     whether the database knows letters beyond ASCII
disks        whether there is room where we and the database write
websub       tells a hub which feeds have news
purging      tells a CDN which of its copies are to go
lateness     what is late, for the home page and for ``/status.json``
status       ``/status.json``: whether all goes well, for a program that watches the site
doctor/      what is missing in a deployment, and what to do about it
"""
