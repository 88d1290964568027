"""The one work list: create, assign, do, prove, escalate (闭环)."""
