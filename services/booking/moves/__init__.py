"""Children who change files: what they have booked goes along, or is listed until somebody decides."""
