from monitoring.models.calls import CallTally
from monitoring.models.node import NodeFacts
from monitoring.models.tally import Mark, Tally

__all__ = ["CallTally", "Mark", "NodeFacts", "Tally"]
