        // block 2
        let nonce = rand::random();
        let ciphertext = self.key.encrypt(&nonce, plain, b"");
        let key = self.key.id().clone();
        Sealed::new(self.subject.clone(), place, key, nonce, &ciphertext)
