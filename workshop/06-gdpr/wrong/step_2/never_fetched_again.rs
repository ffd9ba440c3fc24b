        // block 1
        let (held, _) = self.kept.get(subject)?;
        Some(held)
