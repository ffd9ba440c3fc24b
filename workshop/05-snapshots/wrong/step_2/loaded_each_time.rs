        // block 1
        self.states.get(stream);
        self.behind.load(stream).await
