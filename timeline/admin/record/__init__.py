"""The records that entries point to: people, organisations, goods, categories, storylines, terms, sources.

viewsets   their forms
forms      those that say what keeps a record from readers
lists      their lists
choosers   find a record by any of its names, or create it
merges     two records made one, and undone
"""
