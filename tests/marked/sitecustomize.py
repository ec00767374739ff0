"""First on the path of a measured run: every Python process of it marks the lines it passes."""

from tests.marks import begin

begin()
