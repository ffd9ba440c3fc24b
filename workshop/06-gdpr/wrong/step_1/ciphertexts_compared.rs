        // block 1
        self.sealed == other.sealed
