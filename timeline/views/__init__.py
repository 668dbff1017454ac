"""Thin views: a question in, a rendering out.

arrival         what says where a reader came from is taken out of an address
head            what ``base.html`` shows around every page
validators      conditional requests: whether an answer is still as a client has it
cdn             what an answer is about, for a CDN that keeps copies
cross_origin    what other sites may do with an answer
errors          the pages of errors
chronology      the page of the filtered list
entry_list      the list itself: its cards, its years
overview        the whole chronology as a table of subjects by years
controls        the controls of the filter form, and the page with all its options
empty           ways on from a list without entries
attachments     the files of pictures and documents of entries
entries         one entry, its preview, the page of a withdrawn one
history         its versions, what changed between two, all corrections
citing          how to cite an entry or a statement: a page and files
records         people, commodities, categories, organisations, sources
people          what the page of a person shows beside the list
figures         series of figures, with their charts
bibliography    sources as rows of a list, and what they rest on
storylines      a matter told step by step, and the index of all
storyline_ways  from a record and from a search to storylines
state           where things stood on a day, and the lines at the top of the chronology
state_data      the same as plain data
glossary        a term and the entries that use it
indexes         lists of those records, and the page about the chronology
languages       pages in other languages: the same views, below the code of the language
public_records  which records readers may see
formats         every format of any question
updates         news by e-mail, feed, calendar or table, and the pages that letters lead to
redirects       from an older address of an entry to its present one
embedding       entries in the pages of others
sharing         pictures and icons that others take
contact         where a vulnerability is reported
crawlers        the site map, robots.txt, and how to search here
"""
