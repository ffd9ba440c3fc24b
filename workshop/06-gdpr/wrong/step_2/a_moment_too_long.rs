        // block 1
        let (held, fetched) = self.kept.get(subject)?;
        let age = self.caching.clock.now().saturating_sub(fetched);
        (age <= self.caching.longest).then_some(held)
