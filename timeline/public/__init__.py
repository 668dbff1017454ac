"""What readers may know, as plain data and in words.

document     the public document: an allow-list, plain data; what every surface renders
lead         the summary, each sentence with the numbers of its sources
assertions   what readers point to in an entry: its statements and the sentences of its summary
attachments  pictures and documents: which is first, how wide a picture comes
bylines      the authors that a byline names
wording      dates, figures, sources and vocabulary in words
japanese     figures as Japanese prints them
language     documents in other languages, and what they show in the original
lanes        the rows of the overview, and their colours
coverage     which months have been researched
comparison   two versions of an entry, word by word
fragments    rendered parts of entries, kept while the entry stays as it is
storylines   what of a storyline is public, and the places of an entry in them
glossary     which terms the statements of an entry use
standing     where things stand on a day: what entries answer to the lines of the state
days         a day: what is answered to the lines on it, as rows of words
offices      who held which public office on a day
state        one state of all of it, for as long as it is read
site         the site itself: its state, its name and licence, its addresses
"""
