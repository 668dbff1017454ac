"""A chronology: who writes it, who reads it, who follows it.

- `edtf`, `choices`, `names`: dates with precision, the vocabulary, names for comparison;
- `querysets.py`, `models/`: what we know, one noun a file;
- `document.py`: the public document of an entry, the only thing the outside sees;
- `search.py`: the table of published documents, kept right and searched;
- `filters.py`: the reader's question, from a query string and back into words;
- `formats/`: one file for each rendering that is not a page;
- `views.py`, `urls.py`: a question in, a rendering out;
- `admin/`: what editors see;
- `content/`: the flagship chronology as files, its loader and dumper.

Imports run one way: edtf, choices, names ◄ querysets ◄ models ◄ document ◄
search ◄ filters ◄ formats ◄ views ◄ urls; models ◄ admin; models ◄ content.
"""
