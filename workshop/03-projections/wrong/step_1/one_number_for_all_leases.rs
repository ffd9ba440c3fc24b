        if self.checkpoint.values().any(|last| *last >= page.number) {
            return false;
        }
        for event in events {
            P::apply(&mut self.view, event);
        }
        self.checkpoint.insert(page.lease.clone(), page.number);
        true
