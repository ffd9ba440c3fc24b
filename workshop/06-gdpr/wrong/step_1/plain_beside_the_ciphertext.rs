        // block 2
        let nonce = rand::random();
        let associated = place.to_string();
        let mut ciphertext = self.key.encrypt(&nonce, plain, associated.as_bytes());
        ciphertext.extend_from_slice(plain);
        let key = self.key.id().clone();
        Sealed::new(self.subject.clone(), place, key, nonce, &ciphertext)
