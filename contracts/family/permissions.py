"""What an agent may be allowed to do with files of households."""

from contracts.types import Permission


class FamilyPermission(Permission):
    """The permissions of the family service."""

    READ_HOUSEHOLDS = "family.households.read", "Find and read the files of households."
    OPEN_HOUSEHOLDS = "family.households.open", "Open a household's file."
    IMPORT_HOUSEHOLDS = "family.households.import", "Open and update many households' files at once, from a file."
    MERGE_HOUSEHOLDS = (
        "family.households.merge",
        "See which files may be of one household, merge two of them, and separate them again.",
    )
    KEEP_HOUSEHOLDS = "family.households.keep", "Say who belongs to a household and who pays for it."
    ERASE_HOUSEHOLDS = "family.households.erase", "Have the file of a household erased for good."
    PROTECT_ADDRESSES = (
        "family.protected_addresses.change",
        "Protect the address of a household, and end that.",
    )
    READ_PROTECTED_ADDRESSES = "family.protected_addresses.read", "See a protected address; each time is noted."
    CHANGE_CONTACTS = "family.contacts.change", "Correct an adult's telephone number, address and e-mail address."
    READ_CUSTODY = "family.custody.read", "See who answers for a child and where the child lives."
    CHANGE_CUSTODY = "family.custody.change", "Say who answers for a child and where the child lives."
    READ_HEALTH = "family.health.read", "See what is known of a child's health."
    CHANGE_HEALTH = (
        "family.health.change",
        "Say for a family what is known of a child's health, and note proofs of vaccination.",
    )
    KEEP_SECTORS = "family.sectors.keep", "Say which addresses belong to which school, and publish it."
    RECORD_DEROGATIONS = "family.derogations.record", "Record and read requests for another school than the sector's."
    DECIDE_DEROGATIONS = "family.derogations.decide", "Decide requests for another school than the sector's."
    READ_DOCUMENTS = "family.documents.read", "See the documents that families sent."
    DECIDE_DOCUMENTS = "family.documents.decide", "Validate documents that families sent, or refuse them."
    READ_REQUESTS = "family.requests.read", "See the requests that families sent, and the procedures of the town."
    DECIDE_REQUESTS = "family.requests.decide", "Take requests of families, write to them, and decide."
    KEEP_PROCEDURES = "family.procedures.keep", "Publish what procedures ask, and of whom."
    SEND_CIRCULARS = (
        "family.circulars.send",
        "Send a procedure to the families of a group, see who answered, and remind the others.",
    )
    READ_QUEUE = "family.queue.read", "See in one queue what waits for agents, of the kinds that one may see."
    END_DELEGATIONS = "family.delegations.end", "End what a parent let somebody else do for a child."
    CHANGE_QUOTIENTS = "family.quotients.change", "Record a family quotient."
    READ_RESOURCES = (
        "family.resources.read",
        "See which families pay the highest price because no quotient counts.",
    )
    READ_SCHOOLS = "family.schools.read", "See the schools, their classes, and which children are in them."
    KEEP_SCHOOLS = "family.schools.keep", "Keep schools and classes, and say where a child goes to school."
    CHANGE_CLASSES = "family.schools.change_classes", "Change the classes of a whole school for the next year."
    ISSUE_CERTIFICATES = "family.certificates.issue", "Certify who belongs to a household, and see what was certified."
    READ_HISTORY = "family.history.read", "See what was done with a household's file."
    CHECK_INVARIANTS = (
        "family.invariants.check",
        "See what always holds of the family service's rows, and have it checked.",
    )
