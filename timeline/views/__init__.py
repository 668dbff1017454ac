"""Thin views: a question in, a rendering out.

publishing    conditional requests, the page context, feed links: what every view shares
chronology    the filtered list
entries       one entry, its preview, the page of a withdrawn one
records       people, commodities, categories, organisations, sources
indexes       lists of those records, and the page about the chronology
feeds         the formats of any question
"""
