        if self.holds(page) {
            return false;
        }
        for event in events {
            P::apply(&mut self.view, event);
        }
        true
