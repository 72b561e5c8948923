"""The resources of households: where they stand, what families declare with a proof and agents decide, whom to tell of the end, and who pays most for want of them."""
