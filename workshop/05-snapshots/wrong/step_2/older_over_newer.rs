        // block 2
        self.states.insert(stream.clone(), state.clone());
        self.behind.keep(stream, state);
