"""Charts as plain data: where each line, mark and word stands.

Across, everything is a share of the width in percent; down, it is in pixels
of the usual type. So a chart stretches to any screen without a view box, and its type keeps
the size the reader has set (design 7). Templates only write down what is said here.

    drawing     shapes, labels that touch nothing, the axis of time
    figures     a series of figures: its points, its line
    positions   the positions of a person, with the entries
    river       the overview: lanes by years, months or days
    strip       the same in one row, above a list
"""
