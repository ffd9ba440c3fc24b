        let tail = Range::after(loaded.state.version);
        let tail = self.store.load(stream, tail).await.map_err(LoadError::Store)?;
        loaded.charge += tail.charge;
        loaded.trips += tail.trips;
        Ok(loaded.state.fold(&tail.events)?)
