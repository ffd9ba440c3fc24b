        // block 2
        if self.states.peek(stream).is_none() {
            self.states.insert(stream.clone(), state.clone());
        }
        self.behind.keep(stream, state);
