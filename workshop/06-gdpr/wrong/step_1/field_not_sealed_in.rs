        // block 2
        let nonce = rand::random();
        let associated = format!("{}/{}", place.stream, place.event_id);
        let ciphertext = self.key.encrypt(&nonce, plain, associated.as_bytes());
        let key = self.key.id().clone();
        Sealed::new(self.subject.clone(), place, key, nonce, &ciphertext)
