"""Who sells: policies that ask and offer, strategies, house rules.

May import ``users`` and every room it may import.
"""

from elicit.sellers.house import HouseRules
from elicit.sellers.model import ModelSeller, SellerReply
from elicit.sellers.party import Policy, SellerAgent
from elicit.sellers.pusher import NaivePusher
from elicit.sellers.questioning import QuestionerSeller
from elicit.sellers.rule import RuleSeller, Strategy
from elicit.sellers.strategies import AskedStrategy, FixedStrategy, preferred_first
from elicit.sellers.views import Plan, View

__all__ = [
    "AskedStrategy",
    "FixedStrategy",
    "HouseRules",
    "ModelSeller",
    "NaivePusher",
    "Plan",
    "Policy",
    "QuestionerSeller",
    "RuleSeller",
    "SellerAgent",
    "SellerReply",
    "Strategy",
    "View",
    "preferred_first",
]
