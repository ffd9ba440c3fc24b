        // block 2
        let nonce = rand::random();
        let key = self.key.id().clone();
        Sealed::new(self.subject.clone(), place, key, nonce, plain)
