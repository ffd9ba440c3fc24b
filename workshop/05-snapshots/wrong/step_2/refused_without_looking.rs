        // block 1
        match self.states.get(stream) {
            Some(state) => Ok(Loaded { state, checked: true, ..Loaded::default() }),
            None => self.behind.load(stream).await,
        }
