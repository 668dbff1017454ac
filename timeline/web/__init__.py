"""A page of the web: its address, fetched safely, read, and its words compared.

tracking     what of an address only says where a reader came from
archives     addresses of copies, and the pages they are copies of
addresses    which may be a source's, and which of them are one page
fetching     a page, fetched safely
articles/    what a page says of itself, and its text without the chrome of its site
walls        pages that a site shows instead of an article
quotations   whether words are really in a text
"""
