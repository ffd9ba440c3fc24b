        let mut loaded = Loaded { checked: true, ..Loaded::default() };
        let from = snapshot.map_or_else(State::default, |snapshot| snapshot.state);
        let slice = self.events(stream, from.version, up_to, &mut loaded).await?;
        loaded.state = from;
        loaded.state.fold(&slice.events)?;
        Ok(loaded)
