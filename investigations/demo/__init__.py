"""The demonstration office: a believable prosecutor's office of Michoacán, made from a seed and marked synthetic.

Nobody in it exists. It comes as one batch, so that `esclarece import undo` takes it away whole.
"""
