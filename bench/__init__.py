"""The benchmark: how fast the public pages are, beside a yardstick that is as lean as this stack allows."""
