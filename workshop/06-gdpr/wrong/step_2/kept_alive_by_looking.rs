        // block 1
        let (held, used) = self.kept.get(subject)?;
        let now = self.caching.clock.now();
        if now.saturating_sub(used) >= self.caching.longest {
            return None;
        }
        self.kept.insert(subject.clone(), (held.clone(), now));
        Some(held)
