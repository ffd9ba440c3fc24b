        let missed = match since {
            Some(missed) => missed,
            None => {
                let tail = Range::after(loaded.state.version);
                let tail = self.store.load(stream, tail).await.map_err(LoadError::Store)?;
                loaded.charge += tail.charge;
                loaded.trips += tail.trips;
                tail.events
            }
        };
        loaded.state.version = loaded.state.version.plus(missed.len());
        Ok(())
