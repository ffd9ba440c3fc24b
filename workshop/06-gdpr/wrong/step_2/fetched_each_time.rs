        // block 1
        self.kept.get(subject).and(None)
