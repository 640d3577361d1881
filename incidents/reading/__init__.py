"""Reading a document: from its bytes to a text with a title, an outlet and a date.

`read_document` takes what was pasted, uploaded or fetched. Nothing here uses the network
but `fetch`, and that only for a caller who has switched it on. Everything with a structure
(HTML, PDF, DOCX, e-mail) is parsed in a child process that may neither write nor connect.
"""

from incidents.reading.document import Document, read_document
from incidents.reading.refusals import DocumentRefusedError

__all__ = ["Document", "DocumentRefusedError", "read_document"]
