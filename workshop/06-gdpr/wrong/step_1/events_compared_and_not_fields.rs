        // block 1
        let event = |it: &Self| (it.sealed.place.stream.clone(), it.sealed.place.event_id.clone());
        event(self) == event(other) && self.sealed.subject == other.sealed.subject
