"""One panel a file, of a search: a pure drawing of its state, and of what the viewer looks at."""

from .contour import ContourPanel
from .course import CoursePanel
from .importance import ImportancePanel
from .panel import SearchPanel
from .parallel import ParallelPanel
from .slices import SlicesPanel
from .trials import TrialsPanel

# in the order of the number keys
PANELS: tuple[type[SearchPanel], ...] = (
    TrialsPanel,
    CoursePanel,
    ParallelPanel,
    SlicesPanel,
    ContourPanel,
    ImportancePanel,
)

__all__ = ["PANELS", "SearchPanel"]
