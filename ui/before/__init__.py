"""The page on which a session is opened: person, devices, what has to be well before a dose, and limits."""

from ui.before.page import BeforePage as BeforePage
