"""Thin views: a question in, a rendering out.

head          what ``base.html`` shows around every page
validators    conditional requests: whether an answer is still as a client has it
cross_origin  what other sites may do with an answer
errors        the pages of errors
chronology    the filtered list
entries       one entry, its preview, the page of a withdrawn one
records       people, commodities, categories, organisations, sources
indexes       lists of those records, and the page about the chronology
formats       every format of any question
"""
