"""What writes and checks the documents about contracts: schemas, catalogue, AsyncAPI, OpenAPI, reference pages."""
