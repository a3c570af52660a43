"""(empty room)"""
