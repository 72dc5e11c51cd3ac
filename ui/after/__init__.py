"""What comes after: ready to leave, the form, the sign-off, and the page of a closed session."""

from ui.after.page import AfterPage as AfterPage
