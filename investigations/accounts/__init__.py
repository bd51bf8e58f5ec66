"""The people who work in the office: users with one role each, the units they belong to, and their sessions.

A session is a row: signing out, disabling an account or changing a role takes effect on the next request.
"""
