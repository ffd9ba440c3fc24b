        // block 1
        let mut lease = self.lease.clone();
        lease.page += 1;
        lease.pending = pinned(&read.events);
        lease.next = Some(read.next);
        let page = Page::new(lease.name(), lease.page, read.events);
        self.lease = lease;
        Ok(Some(page))
