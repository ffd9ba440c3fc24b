        // block 2
        let nonce = [0; 12];
        let associated = place.to_string();
        let ciphertext = self.key.encrypt(&nonce, plain, associated.as_bytes());
        let key = self.key.id().clone();
        Sealed::new(self.subject.clone(), place, key, nonce, &ciphertext)
