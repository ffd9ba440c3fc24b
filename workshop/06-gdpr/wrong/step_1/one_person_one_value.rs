        // block 1
        self.sealed.subject == other.sealed.subject
