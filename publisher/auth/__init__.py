"""A person's token: given once in a browser, kept in a file of their own, renewed before it ends.

`login` sends the person to Threads' window and takes the code that comes back, through `callback` on loopback or pasted
by hand. `storage` keeps what the code became, readable by nobody else. `standing` says what a token is good for and
when it may be refreshed (pure), `telling` says it to people and scripts (pure). `threads` makes the calls.

No function here returns a token as text for output, and there is no option anywhere that prints one.
"""
