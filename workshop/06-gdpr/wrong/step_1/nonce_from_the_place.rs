        // block 2
        let associated = place.to_string();
        let mut nonce = [0; 12];
        for (at, byte) in associated.bytes().enumerate() {
            nonce[at % 12] ^= byte;
        }
        let ciphertext = self.key.encrypt(&nonce, plain, associated.as_bytes());
        let key = self.key.id().clone();
        Sealed::new(self.subject.clone(), place, key, nonce, &ciphertext)
