"""Letters to readers: news by e-mail of any question that a list can be asked. DECISIONS 169.

Who asks for letters gets one to confirm it. What becomes public afterwards is looked through in *rounds*, one for each
frequency: a query for each question that is followed, among what changed since the last round. A round queues letters,
the queue is sent by ``manage.py send_letters``, and each letter is written when it is sent, from what is public then.

    keys        addresses are encrypted, found by a digest; links are signed
    links       addresses of the site that a letter carries, for one subscriber each
    asking      somebody wants letters, confirms it, changes it, wants none any more; limits
    rounds      who is to get a letter now
    news        what is new of a question, between two marks
    writing     a letter, as a message for a mail program
    bounces     letters that came back later
    delivery    the queue: taken, sent, tried again, given up
"""
