        // block 2
        for recorded in events {
            self.aggregate.evolve(&read(recorded)?);
        }
        Ok(())
