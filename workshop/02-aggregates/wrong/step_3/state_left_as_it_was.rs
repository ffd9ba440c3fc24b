        if let Some(missed) = since {
            loaded.state.version = loaded.state.version.plus(missed.len());
            return Ok(());
        }
        let tail = Range::after(loaded.state.version);
        let tail = self.store.load(stream, tail).await.map_err(LoadError::Store)?;
        loaded.charge += tail.charge;
        loaded.trips += tail.trips;
        loaded.state.version = tail.version;
        Ok(())
