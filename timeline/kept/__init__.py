"""Kept answers: what the site has made for readers, answered again while it is right. DECISIONS 113, 148.

A copy says for which edition it was last right. If that is the edition of now, it is the answer; else the view finds
the entity tag of its answer, and a copy with that tag is right again. So nothing goes by time, and what a publication
did not touch is not made anew.

Copies lie on a *shelf*. Its name is a column of the edition, and another one as soon as words are taken from the
public, in the same transaction; who takes them clears the shelf before that. A new shelf is put up only by who holds
the lock of the edition (:mod:`timeline.edition.state`). Who makes an answer asks for the shelf first and for the words
after that. So whatever lies there was made after the words had gone: an answer that was begun before finds its shelf
gone, and is not kept.

While the database is away copies answer as well, with their ``Age``.

    addresses       what a copy is found by
    copies          an answer as it is kept, and as it is given again
    files           shelves that are folders, for one machine
    valkey          shelves in Valkey, for several machines
    store           which of both this site has
    now             the edition of now, asked once a second
    door            which answers to questions are kept: those that are asked for twice
    middleware      answers from copies, before anything else of the site

Nothing here fails because of a disk: what cannot be written is not kept, what cannot be read was never there.
"""
