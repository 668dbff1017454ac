"""Text: what of a text can be compared with another, whatever it is of.

words       a text cut into words, the one way it is done
figures     amounts of money, percentages and HS codes in it
numbers     the values of the numbers in it
sentences   a text cut into sentences
support     which of some texts a sentence condenses
widths      how wide a text is at most, in any font
"""
