"""HL7 FHIR R4: a Bundle of a session, each resource checked by fhir.resources before it is written.

fhir.resources has R4B in the place of R4; of what is used here the two are the same.
"""
