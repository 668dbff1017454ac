"""Several machines as processes of one: each is killed in turn while readers read, and what they notice is counted.

databases  a primary, its replicas, promotion
services   web processes, nginx, Valkey, an object store
readers    who reads, and notes errors and steps back in time
editor     publishes a counter that goes up, in a process of its own
"""
