"""Resources that families declared, decided beside their proof, and who pays the highest price for want of a quotient."""
