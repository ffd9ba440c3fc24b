        // block 1
        let mut lease = self.lease.clone();
        lease.page += 1;
        lease.pending = pinned(&read.events);
        let page = Page::new(lease.name(), lease.page, read.events);
        Ok(self.write(lease).await?.then_some(page))
