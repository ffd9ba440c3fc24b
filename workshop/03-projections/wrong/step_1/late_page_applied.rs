        if self.checkpoint.get(&page.lease) == Some(&page.number) {
            return false;
        }
        for event in events {
            P::apply(&mut self.view, event);
        }
        self.checkpoint.insert(page.lease.clone(), page.number);
        true
